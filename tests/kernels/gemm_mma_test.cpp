// SPDX-License-Identifier: Apache-2.0
// gemm-mma where W and x have more rows than a block takes, and k several slices:
// what the edges of shapes that all kernels share are too small for.
#include <algorithm>

#include "kernels/matmul/slices.h"
#include "tests/catch.h"
#include "tests/kernels/check.h"

using namespace qbench;
using namespace qbench::test;

namespace {

// 12 blocks at once: of 7 tiles of k two blocks of rows of W and x are cut into 4 slices, four into 3
// and six into 2.
constexpr int kProcessors = 12;

std::vector<Kernel> gemm_mma_kernels() {
  std::vector<Kernel> kernels = distinct_kernels();
  std::erase_if(kernels, [](const Kernel& kernel) { return kernel.name != "gemm-mma"; });
  return kernels;
}

void check(const Kernel& kernel, int block_size, Shape shape, Dtype dtype) {
  const Inputs inputs(*kernel.mode, block_size, shape, dtype);
  CAPTURE(kernel.mode->name, block_size, shape.m, shape.n, shape.k, name(dtype));
  CHECK(verdict(kernel, inputs.problem(Op::matmul)).wrong == "");
}

}  // namespace

TEST_CASE("gemm-mma is right on both sides of its blocks of x, in several slices of k") {
  const KeepOptions keep;
  emulator().options().processors = kProcessors;
  for (const Kernel& kernel : gemm_mma_kernels())
    for (const std::int64_t m : {15, 32, 33, 64, 65}) {
      check(kernel, kernel.mode->block_size, {m, 275, 832}, Dtype::bf16);
      if (m == 32 || m == 33) check(kernel, kernel.mode->block_size, {m, 257, 864}, Dtype::fp16);
    }
}

TEST_CASE("gemm-mma is right at every block size, in several slices of k and blocks of rows") {
  const KeepOptions keep;
  emulator().options().processors = kProcessors;
  for (const Kernel& kernel : gemm_mma_kernels())
    for (const int size : kernel.mode->block_sizes)
      for (const std::int64_t m : {20, 40}) check(kernel, size, {m, 261, 864}, Dtype::bf16);
}

TEST_CASE("gemm-mma has the same bits at every run and in every order of blocks") {
  const KeepOptions keep;
  emulator().options().processors = kProcessors;
  for (const Kernel& kernel : gemm_mma_kernels()) {
    const Inputs inputs(*kernel.mode, {9, 260, 832}, Dtype::bf16);
    Matrix first;
    for (const char* schedule : {"forward", "reverse", "random:1"}) {
      set_schedule(emulator().options(), schedule);
      const std::unique_ptr<Trial> trial = kernel.prepare(inputs.problem(Op::matmul));
      for (int run = 0; run < 2; ++run) {
        trial->poison();
        trial->run_once();
        if (first.values.empty()) first = trial->output();
        CAPTURE(kernel.mode->name, schedule, run);
        CHECK(trial->output().values == first.values);
      }
    }
  }
}

TEST_CASE("k is cut into the fewest slices that take the least time") {
  CHECK(slices_of(2, 7, kProcessors) == 4);
  CHECK(slices_of(4, 7, kProcessors) == 3);
  CHECK(slices_of(6, 7, kProcessors) == 2);
  CHECK(slices_of(264, 64, 264) == 1);  // all blocks run at once
  CHECK(slices_of(32, 64, 264) == 8);   // one round of 256 blocks
  CHECK(slices_of(112, 64, 264) == 2);  // 7 would be 3 rounds, of more than a third of the time
  CHECK(slices_of(112, 64, 132) == 1);  // no other fills more of its rounds than its sums cost
  CHECK(slices_of(133, 64, 132) == 4);  // 5 rounds, instead of 2 of which one is all but empty
  CHECK(slices_of(1, 4, 264) == 4);     // no slice is less than a tile
  CHECK(slices_of(1, 4000, 264) == kMostSlices);
}
