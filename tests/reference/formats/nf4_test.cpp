// SPDX-License-Identifier: Apache-2.0
// nf4 as bitsandbytes' CUDA kernels have it, and what it shares with fp4: blocks, padding, special
// values.
#include "reference/formats/nf4.h"

#include "tests/catch.h"
#include "tests/reference/formats/bitsandbytes_model.h"

namespace qbench::test {
namespace {

std::vector<int> nf4_codes(const std::vector<float>& weights, int block_size = 64) {
  return codes_of(quantized("nf4", block_size, row(weights)));
}

TEST_CASE("nf4 takes the upper code strictly above a threshold") {
  for (int t = 0; t < 15; ++t) {
    CAPTURE(t);
    const float threshold = from_bits(golden::kNf4Thresholds[t]);
    const auto got = nf4_codes(with_absmax_1({below(threshold), threshold, above(threshold)}));
    CHECK(got == std::vector<int>{15, t, t, t + 1});
  }
}

TEST_CASE("nf4 encodes its own levels as themselves and decodes all 16") {
  std::vector<float> levels;
  for (const std::uint32_t bits : golden::kNf4Levels) levels.push_back(from_bits(bits));
  const QuantizedMatrix q = quantized("nf4", 64, row(levels));
  CHECK(codes_of(q) == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
  CHECK(difference(bits_of(dequantized(q)), bits_of(levels)) == "");
}

TEST_CASE("nf4 decodes by one product with the absmax in f32") {
  QuantizedMatrix q(kNf4.format, 64, 1, 16);
  for (int byte = 0; byte < 8; ++byte) q.codes[byte] = std::byte(32 * byte + 2 * byte + 1);
  const float absmax = 0.3f;
  std::copy_n(reinterpret_cast<const std::byte*>(&absmax), 4, q.scales.numbers.data());
  std::vector<float> expected;
  for (const std::uint32_t bits : golden::kNf4Levels) expected.push_back(from_bits(bits) * absmax);
  CHECK(difference(bits_of(dequantized(q)), bits_of(expected)) == "");
}

TEST_CASE("nf4 puts the first of two nf4_codes in the high nibble") {
  const QuantizedMatrix q = quantized("nf4", 64, row(std::vector{1.0f, -1.0f, 0.0f, 1.0f}));
  CHECK(q.codes[0] == std::byte{0xf0});
  CHECK(q.codes[1] == std::byte{0x7f});
}

TEST_CASE("an odd count of nf4 nf4_codes is filled up with the code of 0") {
  CHECK(nf4_codes({-1.0f}) == std::vector<int>{0, 7});
  CHECK(nf4_codes({1.0f, -1.0f, 1.0f}) == std::vector<int>{15, 0, 15, 7});
  CHECK(nf4_codes({0.0f}) == std::vector<int>{0, 0});  // 0 * (1 / 0) is NaN
  CHECK(nf4_codes({kInf}) == std::vector<int>{0, 7});
}

TEST_CASE("the last nf4 block may be short and has an absmax of its own") {
  std::vector<float> weights(70, 2.0f);
  std::fill(weights.begin() + 64, weights.end(), 0.5f);
  const QuantizedMatrix q = quantized("nf4", 64, row(weights));
  CHECK(absmax_of(q) == std::vector{2.0f, 0.5f});
  CHECK(dequantized(q) == weights);
}

TEST_CASE("nf4 blocks run across rows") {
  std::vector<float> weights(3 * 40, 1.0f);
  weights[64] = 4.0f;  // the second block: from row 1, column 24 on
  const QuantizedMatrix q = quantized("nf4", 64, matrix(3, 40, weights));
  CHECK(absmax_of(q) == std::vector{1.0f, 4.0f});
  CHECK(codes_of(q)[63] == 15);
  CHECK(codes_of(q)[65] == nf4_code(0.25f));
}

TEST_CASE("an nf4 block of zeros has absmax 0 and nf4_codes 0 and decodes to 0") {
  for (const float zero : {0.0f, -0.0f, 1e-39f, -1e-45f}) {
    CAPTURE(zero);
    const QuantizedMatrix q = quantized("nf4", 64, row(std::vector<float>(64, zero)));
    CHECK(bits_of(absmax_of(q)[0]) == 0);
    CHECK(codes_of(q) == std::vector<int>(64, 0));
    CHECK(dequantized(q) == std::vector<float>(64, 0.0f));
  }
}

TEST_CASE("nf4 takes both zeros and subnormal weights as 0") {
  const float least = std::numeric_limits<float>::min();
  CHECK(nf4_codes({least, -0.0f, 0.0f, below(least), -below(least), -least}) ==
        std::vector<int>{15, 7, 7, 7, 7, 0});
}

TEST_CASE("nf4 passes over NaN in the absmax and stores it as code 0") {
  const QuantizedMatrix q = quantized("nf4", 64, row(std::vector{kNan, 2.0f, -kNan, -4.0f}));
  CHECK(absmax_of(q) == std::vector{4.0f});
  CHECK(codes_of(q) == std::vector<int>{0, nf4_code(0.5f), 0, 0});
  CHECK(dequantized(q)[0] == -4.0f);
}

TEST_CASE("an nf4 block of NaN has absmax -FLT_MAX and nf4_codes 0") {
  const QuantizedMatrix q = quantized("nf4", 64, row(std::vector<float>(64, kNan)));
  CHECK(absmax_of(q) == std::vector{-FLT_MAX});
  CHECK(codes_of(q) == std::vector<int>(64, 0));
  CHECK(dequantized(q) == std::vector<float>(64, FLT_MAX));
}

TEST_CASE("an infinity makes the nf4 absmax infinite, itself code 0 and the finite ones 7") {
  for (const float infinity : {kInf, -kInf}) {
    const QuantizedMatrix q = quantized("nf4", 64, row(std::vector{1.0f, infinity, FLT_MAX, 0.0f}));
    CHECK(absmax_of(q) == std::vector{kInf});
    CHECK(codes_of(q) == std::vector<int>{7, 0, 7, 7});
    const std::vector<float> decoded = dequantized(q);
    CHECK(decoded[1] == -kInf);
    CHECK(std::isnan(decoded[0]));  // 0 * infinity
  }
}

TEST_CASE("the reciprocal of an absmax above 2^126 is flushed and all nf4 nf4_codes are 7") {
  CHECK(nf4_codes({0x1p126f, -0x1p126f}) == std::vector<int>{15, 0});
  CHECK(nf4_codes({above(0x1p126f), -0x1p126f}) == std::vector<int>{7, 7});
  CHECK(nf4_codes({FLT_MAX, -FLT_MAX}) == std::vector<int>{7, 7});
}

TEST_CASE("nf4 allows the powers of two from 32 to 4096 as block sizes and no other") {
  for (int size = -64; size <= 8192; ++size) {
    const bool allowed = size >= 32 && size <= 4096 && std::has_single_bit(unsigned(size));
    if (find_mode("nf4")->allows(size) != allowed) FAIL(size);
  }
  for (const int size : {-64, 0, 16, 48, 8192}) {
    CAPTURE(size);
    CHECK_THROWS_AS(reference::quantize(*find_mode("nf4"), size, Matrix(4, 64)),
                    std::invalid_argument);
  }
}

TEST_CASE("nf4 is the scalar model byte for byte at every block size") {
  const int block_size = GENERATE(32, 64, 128, 256, 512, 1024, 2048, 4096);
  CAPTURE(block_size);
  const Matrix weights = matrix(129, 65, random_values(129 * 65, 4));
  const Blocks expected = encoded_blocks(weights.values, block_size, 1, nf4_code);
  const QuantizedMatrix q = quantized("nf4", block_size, weights);
  CHECK(difference(codes_of(q), expected.codes) == "");
  CHECK(difference(bits_of(absmax_of(q)), bits_of(expected.absmax)) == "");
}

}  // namespace
}  // namespace qbench::test
