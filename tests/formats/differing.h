// SPDX-License-Identifier: Apache-2.0
// How two quantized matrices of one format differ.
#pragma once

#include "tests/reference/matrices.h"

namespace qbench::test {

inline std::vector<std::byte> all_planes(const QuantizedMatrix& q) {
  std::vector<std::byte> all;
  for_each_plane(q, [&](Plane, const Buffer<std::byte>& plane) {
    all.insert(all.end(), plane.begin(), plane.end());
  });
  return all;
}

template <class Numbers>
int differing(const Numbers& a, const Numbers& b) {
  int count = 0;
  for (std::size_t i = 0; i < a.size(); ++i) count += a[i] != b[i];
  return count;
}

inline int differing_bytes(const QuantizedMatrix& a, const QuantizedMatrix& b) {
  return differing(all_planes(a), all_planes(b));
}

inline int differing_weights(const QuantizedMatrix& a, const QuantizedMatrix& b) {
  return differing(dequantized(a), dequantized(b));
}

}  // namespace qbench::test
