// SPDX-License-Identifier: Apache-2.0
// gemm-mma where W and x have more rows than a place, and blocks parts of several places: what the
// edges of shapes that all kernels share are too small for.
#include "kernels/matmul/shares.h"
#include "tests/catch.h"
#include "tests/kernels/rung.h"

using namespace qbench;
using namespace qbench::test;

namespace {

// 7 blocks at once share out two blocks of rows of W and 17 tiles of k: of up to 16 rows of x and
// of up to 32 they take parts of two places each, of up to 64 slices.
constexpr int kGemmProcessors = 7;
constexpr std::int64_t kCols = 2112;  // in segments of 64; the last tile is half a one
constexpr std::int64_t kTiles = 17;

}  // namespace

// The modes of the table share the sides out among them, three to each.
TEST_CASE("gemm-mma is right on both sides of its rows of x, in parts of k") {
  const KeepOptions keep;
  emulator().options().processors = kGemmProcessors;
  constexpr std::int64_t kSides[] = {16, 33, 64, 17, 65, 129, 96};
  std::size_t next = 0;
  const auto side = [&] { return kSides[next++ % std::size(kSides)]; };
  for (const Kernel& kernel : kernels_named("gemm-mma")) {
    const std::size_t past = next + 3;
    while (next < past)
      check_product(kernel, kernel.mode->block_size, {side(), 275, kCols}, Dtype::bf16);
    check_product(kernel, kernel.mode->block_size, {next % 2 ? 32 : 33, 257, 864}, Dtype::fp16);
  }
}

TEST_CASE("gemm-mma is right at every block size, in parts of k and several blocks of rows") {
  const KeepOptions keep;
  emulator().options().processors = kGemmProcessors;
  int kernels = 0;
  for (const Kernel& kernel : kernels_named("gemm-mma")) {
    int number = kernels++;
    for (const int size : kernel.mode->block_sizes) {
      const Dtype dtype = number / 2 % 2 == 0 ? Dtype::bf16 : Dtype::fp16;
      check_product(kernel, size, {number++ % 2 == 0 ? 20 : 40, 261, kCols}, dtype);
    }
  }
}

TEST_CASE("gemm-mma has the same bits at every run and in every order of blocks") {
  std::size_t first = 0;
  for (const Kernel& kernel : kernels_named("gemm-mma"))
    check_same_bits(kernel, {9, 260, kCols}, {kGemmProcessors, kGemmProcessors}, first++);
}

// A block has a tile, parts of two places, all of one, several and parts of two more.
TEST_CASE("gemm-mma is right however many blocks share it out") {
  const KeepOptions keep;
  const std::vector<Kernel> kernels = kernels_named("gemm-mma");
  REQUIRE(!kernels.empty());
  for (const int processors : {1, 2, 3, 4, 5, 8, 16, 40})
    for (const std::int64_t m : {16, 24, 40}) {
      emulator().options().processors = processors;
      const Kernel& kernel = kernels.front();
      check_product(kernel, kernel.mode->block_size, {m, 600, kCols}, Dtype::bf16);
    }
}

TEST_CASE("where shared memory has no room for 64 rows of x, gemm-mma takes 32") {
  const KeepOptions keep;
  emulator().options().shared_limit = 99 * 1024;
  for (const Kernel& kernel : kernels_named("gemm-mma"))
    check_product(kernel, kernel.mode->block_size, {64, 260, 320}, Dtype::bf16);
}

TEST_CASE("a share is the one that takes the fewest clocks") {
  const auto check = [](const ProductTiles& of, int x_rows, std::int64_t tiles,
                        std::int64_t parts) {
    CAPTURE(of.m, of.w_blocks, of.tiles, of.at_once);
    const Share share = share_of(of, 64);
    CHECK(share.x_rows == x_rows);
    CHECK(share.tiles == tiles);
    CHECK(share.parts == parts);
  };
  check({16, 32, 64, 132}, 16, 16, 4);  // 8192 x 8192: four blocks a place
  check({64, 32, 64, 132}, 64, 16, 4);
  check({64, 16, 32, 132}, 32, 8, 4);    // 4096 x 4096: 32 rows have half as many sums to add
  check({32, 112, 64, 132}, 32, 55, 3);  // 28672 x 8192: whole places would leave 20 SMs idle
  check({64, 112, 64, 132}, 64, 64, 1);  // blocks of 64 rows have one place each
  check({32, 16, 32, 132}, 32, 4, 8);    // 16 rows would save less than a twentieth
  check({16, 16, 32, 108}, 16, 8, 4);    // 5 tiles would be parts of two places in each block
  check({16, 1, 64, 132}, 16, 4, 16);    // adding more parts takes longer than fewer tiles save
  check({16, 500, 4, 132}, 16, 16, 1);   // four whole places
  check({1, 1, 1, 132}, 16, 1, 1);
  // Those of the tests above.
  check({16, 2, kTiles, kGemmProcessors}, 16, 5, 5);
  check({24, 2, kTiles, kGemmProcessors}, 32, 5, 5);
  check({40, 2, kTiles, kGemmProcessors}, 64, 6, 3);
  CHECK(share_of({40, 2, kTiles, kGemmProcessors}, 32).x_rows == 16);
}
