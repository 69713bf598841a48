// SPDX-License-Identifier: Apache-2.0
// Every kernel of the emulator on one problem, against the reference.
#pragma once

#include <algorithm>
#include <vector>

#include "tests/catch.h"
#include "tests/kernels/check.h"

namespace qbench::test {

inline std::vector<const Mode*> quantized_modes() {
  std::vector<const Mode*> modes;
  for (const Mode* mode : all_modes())
    if (mode->quantized()) modes.push_back(mode);
  return modes;
}

inline std::vector<Kernel> kernels_of(const Mode& mode, Op op) {
  std::vector<Kernel> found;
  for (const Kernel& kernel : distinct_kernels())
    if (kernel.mode == &mode && kernel.op == op) found.push_back(kernel);
  return found;
}

inline void check(Op op, const Mode& mode, int block_size, const Matrix& weights, Dtype dtype,
                  const Matrix* x = nullptr) {
  const QuantizedMatrix quantized = reference::quantize(mode, block_size, weights);
  const Problem problem = {.op = op,
                           .mode = &mode,
                           .weights = &weights,
                           .quantized = &quantized,
                           .x = x,
                           .dtype = dtype};
  for (const Kernel& kernel : kernels_of(mode, op)) {
    if (!kernel.unsupported(problem).empty()) continue;
    CAPTURE(kernel.name, mode.name, block_size, weights.rows, weights.cols, name(dtype));
    CHECK(verdict(kernel, problem).wrong == "");
  }
}

// A group of 32 weights a row, all 0 but one: the absmax.
inline Matrix groups_of(const std::vector<float>& absmax) {
  Matrix weights(static_cast<std::int64_t>(absmax.size()), 32);
  std::ranges::fill(weights.values, 0.0f);
  for (std::int64_t g = 0; g < weights.rows; ++g)
    weights.row(g)[g % 32] = absmax[static_cast<std::size_t>(g)];
  return weights;
}

}  // namespace qbench::test
