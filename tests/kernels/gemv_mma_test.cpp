// SPDX-License-Identifier: Apache-2.0
// gemv-mma where k is more than the columns of a block and strips of rows have several tiles: what
// the edges of shapes that all kernels share are too small for.
#include <variant>

#include "tests/catch.h"
#include "tests/kernels/rung.h"

using namespace qbench;
using namespace qbench::test;

namespace {

// 6 blocks at once: two strips of 3 slices at k = 4160 and 4608, where a strip has 3 tiles and 2.
constexpr int kProcessors = 3;
constexpr Dtype kTypes[] = {Dtype::fp16, Dtype::bf16};

}  // namespace

// A mode takes every fourth m, its neighbour in the table the next ones: m selects no code but
// whether there are 8 columns of x or 16, and both are among any four.
TEST_CASE("gemv-mma is right for every m, in several slices of k and tiles of rows") {
  const KeepOptions keep;
  emulator().options().processors = kProcessors;
  std::int64_t first = 0;
  for (const Kernel& kernel : kernels_named("gemv-mma")) {
    for (std::int64_t m = 1 + first++ % 4; m <= 16; m += 4)
      check_product(kernel, kernel.mode->block_size, {m, 71, 4160}, Dtype::bf16);
    check_product(kernel, kernel.mode->block_size, {8 + first % 2, 71, 4160}, Dtype::fp16);
  }
}

TEST_CASE("gemv-mma is right at every block size, in several slices of k and tiles of rows") {
  const KeepOptions keep;
  emulator().options().processors = kProcessors;
  int kernels = 0;
  for (const Kernel& kernel : kernels_named("gemv-mma")) {
    int number = kernels++;
    for (const int size : block_sizes(*kernel.mode)) {
      const bool few = number % 2 == 0;
      const int type = number++ / 2;
      check_product(kernel, size, {few ? 3 : 12, 69, 2080}, kTypes[type % 2]);
      check_product(kernel, size, {few ? 12 : 3, 69, 4608}, kTypes[(type + 1) % 2]);
    }
  }
}

TEST_CASE("gemv-mma hands on codes that are no numbers, and makes none of others") {
  int judged = 0;
  for (const Kernel& kernel : kernels_named("gemv-mma")) {
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
  std::size_t first = 0;
  for (const Kernel& kernel : kernels_named("gemv-mma"))
    check_same_bits(kernel, {9, 71, 4160}, {1, 3, 20}, first++);
}
