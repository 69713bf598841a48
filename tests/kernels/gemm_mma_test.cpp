// SPDX-License-Identifier: Apache-2.0
// gemm-mma where W and x have more rows than a block takes, and k several slices:
// what the edges of shapes that all kernels share are too small for.
#include "kernels/matmul/slices.h"
#include "tests/catch.h"
#include "tests/kernels/rung.h"

using namespace qbench;
using namespace qbench::test;

namespace {

// 12 blocks at once: of 7 tiles of k two blocks of rows of W and x are cut into 4 slices, four into
// 3 and six into 2. Blocks take 64 rows of x in segments of 64, else 32.
constexpr int kGemmProcessors = 12;

}  // namespace

// The modes of the table share the sides out among them, three to each.
TEST_CASE("gemm-mma is right on both sides of its blocks of x, in several slices of k") {
  const KeepOptions keep;
  emulator().options().processors = kGemmProcessors;
  constexpr std::int64_t kSides[] = {15, 33, 64, 32, 65, 129, 96};
  std::size_t next = 0;
  const auto side = [&] { return kSides[next++ % std::size(kSides)]; };
  for (const Kernel& kernel : kernels_named("gemm-mma")) {
    const std::size_t past = next + 3;
    while (next < past)
      check_product(kernel, kernel.mode->block_size, {side(), 275, 832}, Dtype::bf16);
    check_product(kernel, kernel.mode->block_size, {next % 2 ? 32 : 33, 257, 864}, Dtype::fp16);
  }
}

TEST_CASE("gemm-mma is right at every block size, in several slices of k and blocks of rows") {
  const KeepOptions keep;
  emulator().options().processors = kGemmProcessors;
  int kernels = 0;
  for (const Kernel& kernel : kernels_named("gemm-mma")) {
    int number = kernels++;
    for (const int size : kernel.mode->block_sizes)
      check_product(kernel, size, {number++ % 2 == 0 ? 20 : 40, 261, 864}, Dtype::bf16);
  }
}

TEST_CASE("gemm-mma has the same bits at every run and in every order of blocks") {
  std::size_t first = 0;
  for (const Kernel& kernel : kernels_named("gemm-mma"))
    check_same_bits(kernel, {9, 260, 832}, {kGemmProcessors, kGemmProcessors}, first++);
}

TEST_CASE("k is cut into the fewest slices that take the least time") {
  CHECK(slices_of(2, 7, kGemmProcessors) == 4);
  CHECK(slices_of(4, 7, kGemmProcessors) == 3);
  CHECK(slices_of(6, 7, kGemmProcessors) == 2);
  CHECK(slices_of(264, 64, 264) == 1);  // all blocks run at once
  CHECK(slices_of(32, 64, 264) == 8);   // one round of 256 blocks
  CHECK(slices_of(112, 64, 264) == 2);  // 7 would be 3 rounds, of more than a third of the time
  CHECK(slices_of(112, 64, 132) == 1);  // no other fills more of its rounds than its sums cost
  CHECK(slices_of(133, 64, 132) == 4);  // 5 rounds, instead of 2 of which one is all but empty
  CHECK(slices_of(1, 4, 264) == 4);     // no slice is less than a tile
  CHECK(slices_of(1, 4000, 264) == kMostSlices);
}
