// SPDX-License-Identifier: Apache-2.0
// fp4 as bitsandbytes' CUDA kernels have it: magnitudes compared, a sign bit, codes out of order.
#include "tests/catch.h"
#include "tests/reference/formats/bitsandbytes_model.h"

namespace qbench::test {
namespace {

std::vector<int> codes(const std::vector<float>& weights) {
  return codes_of(quantized("fp4", 64, row(weights)));
}

TEST_CASE("fp4 takes the greater magnitude strictly above a threshold, whatever the sign") {
  for (int t = 0; t < 7; ++t) {
    CAPTURE(t);
    const float threshold = from_bits(golden::kFp4Thresholds[t]);
    const int low = golden::kFp4CodesByMagnitude[t], high = golden::kFp4CodesByMagnitude[t + 1];
    CHECK(codes(with_absmax_1({below(threshold), threshold, above(threshold)})) ==
          std::vector<int>{3, low, low, high});
    CHECK(codes(with_absmax_1({-below(threshold), -threshold, -above(threshold)})) ==
          std::vector<int>{3, 8 | low, 8 | low, 8 | high});
  }
}

TEST_CASE("fp4 encodes its own levels as themselves, -0 as 0, and decodes all 16") {
  std::vector<float> levels;
  for (const std::uint32_t bits : golden::kFp4Levels) levels.push_back(from_bits(bits));
  const QuantizedMatrix q = quantized("fp4", 64, row(levels));
  CHECK(codes_of(q) == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 0, 9, 10, 11, 12, 13, 14, 15});
  QuantizedMatrix all = q;
  all.codes[4] = std::byte{0x89};
  CHECK(difference(bits_of(dequantized(all)), bits_of(levels)) == "");
}

TEST_CASE("fp4 puts the first of two codes in the high nibble and fills up with 0") {
  const QuantizedMatrix q = quantized("fp4", 64, row(std::vector{1.0f, -1.0f, -0.5f}));
  CHECK(q.codes[0] == std::byte{0x3b});
  CHECK(q.codes[1] == std::byte{0xd0});
  CHECK(codes({0.0f}) == std::vector<int>{0, 0});
}

TEST_CASE("a negative fp4 weight too small for a magnitude keeps its sign unless it is subnormal") {
  CHECK(codes(with_absmax_1({-0x1p-100f, 0x1p-100f, -FLT_MIN, -below(FLT_MIN), -0.0f})) ==
        std::vector<int>{3, 8, 0, 8, 0, 0});
  CHECK(codes({4.0f, -FLT_MIN}) == std::vector<int>{3, 0});  // scaled it is subnormal
}

TEST_CASE("fp4 blocks of zeros, with NaN and with infinities are encoded as bitsandbytes does") {
  CHECK(codes(std::vector<float>(64, -0.0f)) == std::vector<int>(64, 0));
  CHECK(codes({kNan, 2.0f, -kNan, -4.0f}) == std::vector<int>{0, 5, 0, 11});
  CHECK(codes({-1.0f, kInf, -kInf, 1.0f}) == std::vector<int>{0, 0, 0, 0});
  CHECK(codes({FLT_MAX, -FLT_MAX}) == std::vector<int>{0, 0});
  const QuantizedMatrix nothing = quantized("fp4", 64, row(std::vector<float>(64, kNan)));
  CHECK(absmax_of(nothing) == std::vector{-FLT_MAX});
  CHECK(codes_of(nothing) == std::vector<int>(64, 0));
  CHECK(dequantized(nothing) == std::vector<float>(64, 0.0f));
}

TEST_CASE("fp4 allows the block sizes of nf4") {
  for (int size = -64; size <= 8192; ++size)
    if (find_mode("fp4")->allows(size) != find_mode("nf4")->allows(size)) FAIL(size);
}

TEST_CASE("fp4 is the scalar model byte for byte at every block size") {
  const int block_size = GENERATE(32, 64, 128, 256, 512, 1024, 2048, 4096);
  CAPTURE(block_size);
  const Matrix weights = matrix(129, 65, random_values(129 * 65, 5));
  const Blocks expected = encoded_blocks(weights.values, block_size, 1, fp4_code);
  const QuantizedMatrix q = quantized("fp4", block_size, weights);
  CHECK(difference(codes_of(q), expected.codes) == "");
  CHECK(difference(bits_of(absmax_of(q)), bits_of(expected.absmax)) == "");
}

}  // namespace
}  // namespace qbench::test
