// SPDX-License-Identifier: Apache-2.0
// gemm-wgmma where W and x have more rows than a place, in slices of k: what the edges of shapes
// that all kernels share are too small for.
#include "tests/catch.h"
#include "tests/kernels/rung.h"

using namespace qbench;
using namespace qbench::test;

namespace {

// 7 blocks at once have two places of 256 rows of W, in three slices of 17 tiles of k: a stage of
// two tiles ends beyond a slice, and the last tile is half a one.
constexpr int kWgmmaProcessors = 7;
constexpr std::int64_t kWgmmaCols = 2112;

}  // namespace

TEST_CASE("gemm-wgmma is right on both sides of its rows of x, in slices of k") {
  const KeepOptions keep;
  emulator().options().processors = kWgmmaProcessors;
  constexpr std::int64_t kSides[] = {1, 64, 65, 7, 33, 129, 96};
  std::size_t next = 0;
  const auto side = [&] { return kSides[next++ % std::size(kSides)]; };
  for (const Kernel& kernel : kernels_named("gemm-wgmma")) {
    const std::size_t past = next + 3;
    while (next < past)
      check_product(kernel, kernel.mode->block_size, {side(), 275, kWgmmaCols}, Dtype::bf16);
    check_product(kernel, kernel.mode->block_size, {next % 2 ? 64 : 57, 257, 864}, Dtype::fp16);
  }
}

TEST_CASE("gemm-wgmma is right at every block size that it takes") {
  const KeepOptions keep;
  emulator().options().processors = kWgmmaProcessors;
  int kernels = 0;
  for (const Kernel& kernel : kernels_named("gemm-wgmma")) {
    int number = kernels++;
    for (const int size : kernel.mode->block_sizes) {
      if (size == 16) continue;
      const Dtype dtype = number / 2 % 2 == 0 ? Dtype::bf16 : Dtype::fp16;
      check_product(kernel, size, {number++ % 2 == 0 ? 20 : 40, 261, kWgmmaCols}, dtype);
    }
  }
}

TEST_CASE("gemm-wgmma has the same bits at every run and in every order of blocks") {
  std::size_t first = 0;
  for (const Kernel& kernel : kernels_named("gemm-wgmma"))
    check_same_bits(kernel, {9, 260, kWgmmaCols}, {kWgmmaProcessors, kWgmmaProcessors}, first++);
}

TEST_CASE("gemm-wgmma says what it needs where a device or its code has no wgmma") {
  const KeepOptions keep;
  emulator().options().wgmma = false;
  for (const Kernel& kernel : kernels_named("gemm-wgmma")) {
    const Inputs inputs(*kernel.mode, kernel.mode->block_size, {64, 256, 256}, Dtype::bf16);
    CHECK_THAT(kernel.unsupported(inputs.problem(Op::matmul)),
               ContainsSubstring("-DCMAKE_CUDA_ARCHITECTURES=90a"));
  }
}
