// SPDX-License-Identifier: Apache-2.0
// The checks of one rung of products in every mode that has it, for shapes that the edges which all
// kernels share are too small for.
#pragma once

#include <string_view>
#include <vector>

#include "tests/catch.h"
#include "tests/kernels/check.h"

namespace qbench::test {

inline std::vector<Kernel> kernels_named(std::string_view name) {
  std::vector<Kernel> kernels = distinct_kernels();
  std::erase_if(kernels, [&](const Kernel& kernel) { return kernel.name != name; });
  return kernels;
}

inline void check_product(const Kernel& kernel, int block_size, Shape shape, Dtype dtype) {
  const Inputs inputs(*kernel.mode, block_size, shape, dtype);
  CAPTURE(kernel.name, kernel.mode->name, block_size, shape.m, shape.n, shape.k, name(dtype));
  CHECK(verdict(kernel, inputs.problem(Op::matmul)).wrong == "");
}

// Checks that the result has the same bits in other orders of blocks, on every number of processors
// and at every run. Numbers and orders are paired from first_order on: the codes of a mode
// have no part in either, so that the modes of a table share the pairs out among them.
inline void check_same_bits(const Kernel& kernel, Shape shape, const std::vector<int>& processors,
                            std::size_t first_order) {
  constexpr const char* kOrders[] = {"forward", "reverse", "random:1"};
  const KeepOptions keep;
  const Inputs inputs(*kernel.mode, shape, Dtype::bf16);
  Matrix first;
  std::size_t order = first_order;
  for (const int count : processors) {
    const char* const schedule = kOrders[order++ % std::size(kOrders)];
    emulator().options().processors = count;
    set_schedule(emulator().options(), schedule);
    const std::unique_ptr<Trial> trial = kernel.prepare(inputs.problem(Op::matmul));
    for (int run = 0; run < 2; ++run) {
      trial->poison();
      trial->run_once();
      if (first.values.empty()) first = trial->output();
      CAPTURE(kernel.name, kernel.mode->name, count, schedule, run);
      CHECK(trial->output().values == first.values);
    }
  }
}

}  // namespace qbench::test
