// SPDX-License-Identifier: Apache-2.0
// gemv-mma where k is more than the columns of a block and strips of rows have several tiles: what
// the edges of shapes that all kernels share are too small for.
#include <algorithm>
#include <variant>
#include <vector>

#include "tests/catch.h"
#include "tests/kernels/check.h"

using namespace qbench;
using namespace qbench::test;

namespace {

// 6 blocks at once: two strips of 3 slices at k = 4160 and 4608, where a strip has 3 tiles and 2.
constexpr int kProcessors = 3;
constexpr Dtype kTypes[] = {Dtype::fp16, Dtype::bf16};

std::vector<Kernel> gemv_mma_kernels() {
  std::vector<Kernel> kernels = distinct_kernels();
  std::erase_if(kernels, [](const Kernel& kernel) { return kernel.name != "gemv-mma"; });
  return kernels;
}

// Those that are allowed, or that of a mode without blocks.
std::vector<int> block_sizes(const Mode& mode) {
  if (mode.block_sizes.empty()) return {mode.block_size};
  return {mode.block_sizes.begin(), mode.block_sizes.end()};
}

void check(const Kernel& kernel, int block_size, Shape shape, Dtype dtype) {
  const Inputs inputs(*kernel.mode, block_size, shape, dtype);
  CAPTURE(kernel.mode->name, block_size, shape.m, shape.n, shape.k, name(dtype));
  CHECK(verdict(kernel, inputs.problem(Op::matmul)).wrong == "");
}

}  // namespace

TEST_CASE("gemv-mma is right for every m, in several slices of k and tiles of rows") {
  const KeepOptions keep;
  emulator().options().processors = kProcessors;
  for (const Kernel& kernel : gemv_mma_kernels())
    for (const Dtype dtype : kTypes)
      for (std::int64_t m = 1; m <= 16; ++m) {
        if (dtype == Dtype::fp16 && m % 4 != 0) continue;
        check(kernel, kernel.mode->block_size, {m, 71, 4160}, dtype);
      }
}

TEST_CASE("gemv-mma is right at every block size, in several slices of k and tiles of rows") {
  const KeepOptions keep;
  emulator().options().processors = kProcessors;
  for (const Kernel& kernel : gemv_mma_kernels())
    for (const int size : block_sizes(*kernel.mode))
      for (const std::int64_t k : {2080, 4608})
        for (const std::int64_t m : {3, 12}) check(kernel, size, {m, 69, k}, Dtype::bf16);
}

TEST_CASE("gemv-mma hands on codes that are no numbers, and makes none of others") {
  int judged = 0;
  for (const Kernel& kernel : gemv_mma_kernels()) {
    const auto* const codec = std::get_if<SmallFloat>(&kernel.mode->format.codec);
    if (!codec || !codec->nan_code) continue;
    const unsigned last = *codec->nan_code, first = codec->infinity ? last - 3 : last;
    for (const Dtype dtype : kTypes) {
      Inputs inputs(*kernel.mode, {3, 40, 96}, dtype);
      for (unsigned row = 1; row < 40; row += 3) {
        const unsigned code = (row % 2 ? first : last) | (row % 4 < 2 ? 0x80u : 0);
        inputs.quantized.codes[row * 96 + row * 2] = static_cast<std::byte>(code);
      }
      CAPTURE(kernel.mode->name, name(dtype));
      CHECK(verdict(kernel, inputs.problem(Op::matmul)).wrong == "");
      ++judged;
    }
  }
  CHECK(judged > 0);
}

TEST_CASE("gemv-mma has the same bits in every order of blocks and on every number of them") {
  const KeepOptions keep;
  for (const Kernel& kernel : gemv_mma_kernels()) {
    const Inputs inputs(*kernel.mode, {9, 71, 4160}, Dtype::bf16);
    Matrix first;
    for (const int processors : {1, 3, 20})
      for (const char* schedule : {"forward", "reverse", "random:1"}) {
        emulator().options().processors = processors;
        set_schedule(emulator().options(), schedule);
        const std::unique_ptr<Trial> trial = kernel.prepare(inputs.problem(Op::matmul));
        for (int run = 0; run < 2; ++run) {
          trial->poison();
          trial->run_once();
          if (first.values.empty()) first = trial->output();
          CAPTURE(kernel.mode->name, processors, schedule, run);
          CHECK(trial->output().values == first.values);
        }
      }
  }
}
