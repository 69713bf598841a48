// SPDX-License-Identifier: Apache-2.0
// Modules of made tensors, and comparisons of weights.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "reference/reference.h"
#include "suites/checkpoints/containers/container.h"
#include "suites/checkpoints/containers/parts.h"
#include "suites/checkpoints/containers/quantization_config.h"
#include "tests/catch.h"

namespace qbench::test {

inline std::shared_ptr<const QuantizationConfig> config(const std::string& json) {
  return parse_quantization_config(std::as_bytes(std::span(json)));
}

// A module whose parts point to the tensors, which must outlive it.
inline Module module_of(const std::vector<NewTensor>& tensors,
                        std::shared_ptr<const QuantizationConfig> config = nullptr) {
  Module module;
  module.config = std::move(config);
  for (const NewTensor& tensor : tensors) {
    const PartName name = part_name(tensor.name);
    module.name = name.module;
    module.parts.emplace(name.part, Tensor{.name = tensor.name,
                                           .dtype = tensor.dtype,
                                           .shape = tensor.shape,
                                           .bytes = tensor.bytes});
  }
  return module;
}

inline bool same_bytes(std::span<const std::byte> a, std::span<const std::byte> b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

inline void check_planes(const QuantizedMatrix& a, const QuantizedMatrix& b) {
  CHECK(a.rows == b.rows);
  CHECK(a.cols == b.cols);
  for_each_plane(a, b, [](Plane plane, const auto& of_a, const auto& of_b) {
    CAPTURE(name(plane).words, of_a.size(), of_b.size());
    CHECK(same_bytes(of_a, of_b));
  });
}

inline void check_tensors(const std::vector<NewTensor>& a, const std::vector<NewTensor>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CAPTURE(a[i].name, b[i].name);
    CHECK(a[i].name == b[i].name);
    CHECK(a[i].dtype == b[i].dtype);
    CHECK(a[i].shape == b[i].shape);
    CHECK(same_bytes(a[i].bytes, b[i].bytes));
  }
}

}  // namespace qbench::test
