// SPDX-License-Identifier: Apache-2.0
// Quantization error on N(0, 1) with its standard error, to hold against exact figures.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "reference/reference.h"
#include "reference/simd/parallel.h"
#include "suites/inputs/distributions.h"

namespace qbench {

// n x k numbers of N(0, 1); k is a power of 4, so that the scaling is exact.
inline Matrix standard_normal(std::int64_t n, std::int64_t k, std::uint64_t seed) {
  Matrix w = make_weights(Input::normal, n, k, seed);
  const auto root = static_cast<float>(std::sqrt(static_cast<double>(k)));
  for (float& value : w.values) value *= root;
  return w;
}

// 2^22 of them, in rows of `cols` numbers.
inline Matrix many_normal(std::int64_t cols) {
  static const Matrix all = standard_normal(1024, 4096, 1);
  Matrix w = all;
  w.rows = all.size() / cols;
  w.cols = cols;
  return w;
}

// The sum of squared errors over the sum of squares. Elements that share a scale are one draw: with
// e and s their two sums, the ratio R = sum e / sum s has the standard error
// sqrt(sum (e - R s)^2) / sum s (Cochran, Sampling Techniques, section 2.11).
class ErrorRatio {
 public:
  void add(const Matrix& w, const Matrix& decoded, std::int64_t begin, std::int64_t end) {
    Sums sums;
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      const double value = static_cast<double>(w.values[i]);
      const double difference = static_cast<double>(decoded.values[i]) - value;
      sums.error += difference * difference;
      sums.signal += value * value;
    }
    draws_.push_back(sums);
  }
  double nmse() const {
    const Sums all = total();
    return all.error / all.signal;
  }
  double standard_error() const {
    const double ratio = nmse();
    double squares = 0;
    for (const Sums& draw : draws_) squares += std::pow(draw.error - ratio * draw.signal, 2);
    return std::sqrt(squares) / total().signal;
  }

 private:
  struct Sums {
    double error = 0, signal = 0;
  };
  Sums total() const {
    Sums all;
    for (const Sums& draw : draws_) {
      all.error += draw.error;
      all.signal += draw.signal;
    }
    return all;
  }
  std::vector<Sums> draws_;
};

// The error of a mode with blocks, groups or rows; rows have `cols` weights.
inline ErrorRatio error_on_normal(const Mode& mode, int block_size, std::int64_t cols = 4096) {
  const Matrix w = many_normal(cols);
  const QuantizedMatrix q = reference::quantize(mode, block_size, w);
  Matrix decoded(w.rows, w.cols);
  reference::dequantize(q, decoded);
  const Partition groups = q.groups();
  ErrorRatio ratio;
  for (std::int64_t g = 0; g < groups.groups(); ++g)
    ratio.add(w, decoded, groups.begin(g), groups.end(g));
  return ratio;
}

// The error of a mode whose whole tensor shares a scale: 2^22 weights in tensors of `size`.
inline ErrorRatio error_on_normal_tensors(const Mode& mode, std::int64_t size) {
  const reference::WithThreads one(1);  // waking others would take longer than the work
  const Matrix all = many_normal(size);
  ErrorRatio ratio;
  Matrix w(1, size), decoded(1, size);
  for (std::int64_t tensor = 0; tensor < all.rows; ++tensor) {
    std::copy_n(all.row(tensor), size, w.values.data());
    reference::dequantize(reference::quantize(mode, 0, w), decoded);
    ratio.add(w, decoded, 0, size);
  }
  return ratio;
}

}  // namespace qbench
