// SPDX-License-Identifier: Apache-2.0
// Double quantization: the absmax less their mean, in 8 bits of the dynamic map, 256 to a scale.
#include "tests/catch.h"
#include "tests/reference/formats/bitsandbytes_model.h"

namespace qbench::test {
namespace {

constexpr int kBlock = 32;

// One nf4 block for each absmax.
QuantizedMatrix with_absmax(const std::vector<float>& absmax) {
  std::vector<float> weights(absmax.size() * kBlock, 0.0f);
  for (std::size_t i = 0; i < absmax.size(); ++i) weights[i * kBlock + i % kBlock] = absmax[i];
  return quantized("nf4-dq", kBlock, row(weights));
}

std::vector<int> codes8(const QuantizedMatrix& q) {
  std::vector<int> codes;
  for (const std::byte code : q.scales.numbers) codes.push_back(static_cast<int>(code));
  return codes;
}
float offset_of(const QuantizedMatrix& q) { return numbers<float>(q.scales.offset).at(0); }
std::vector<float> outer_of(const QuantizedMatrix& q) { return numbers<float>(q.scales.outer); }

std::vector<float> less(std::vector<float> values, float offset) {
  for (float& value : values) value -= offset;
  return values;
}

TEST_CASE("the offset is the mean of all absmax to the last f32 bit but one") {
  const std::int64_t count = GENERATE(1, 2, 255, 256, 257, 700);
  CAPTURE(count);
  std::vector<float> absmax = random_values(count, 6);
  long double sum = 0;  // 64 bits of mantissa: exact enough for a few hundred floats
  for (float& value : absmax) {
    value = 4 + std::abs(value);
    sum += value;
  }
  const float mean = static_cast<float>(sum / count);
  const float offset = offset_of(with_absmax(absmax));
  CHECK(offset >= below(mean));
  CHECK(offset <= above(mean));
}

TEST_CASE("an outer scale is shared by 256 absmax and the last ones may be fewer") {
  std::vector<float> absmax(256, 8.0f);
  absmax.insert(absmax.end(), 3, 4.0f);
  absmax.push_back(5.0f);
  const QuantizedMatrix q = with_absmax(absmax);
  const float mean = offset_of(q);
  CHECK(outer_of(q) == std::vector{8.0f - mean, mean - 4.0f});
  CHECK(codes8(q)[255] == 255);
  CHECK(codes8(q)[256] == 0);  // the map has no -1, so -0.993
}

TEST_CASE("equal absmax leave nothing beside the offset and decode exactly") {
  const QuantizedMatrix q = with_absmax({3.0f, 3.0f, 3.0f});
  CHECK(offset_of(q) == 3.0f);
  CHECK(outer_of(q) == std::vector{0.0f});
  CHECK(codes8(q) == std::vector<int>{0, 0, 0});  // 0 * (1 / 0) is NaN: code 0
  CHECK(dequantized(q)[0] == 3.0f);
}

TEST_CASE("an infinite absmax poisons all scales and is stored as code 0") {
  const QuantizedMatrix q = with_absmax({1.0f, kInf, 2.0f});
  CHECK(offset_of(q) == kInf);
  CHECK(outer_of(q) == std::vector{kInf});  // of -inf, NaN and -inf
  CHECK(codes8(q) == std::vector<int>{0, 0, 0});
}

TEST_CASE("the reciprocal of an outer scale above 2^126 is flushed and all stored absmax are 0") {
  const QuantizedMatrix q = with_absmax({1.0f, 0x1p127f});
  CHECK(offset_of(q) == 0x1p126f);
  CHECK(codes8(q) == std::vector<int>{0, 255});
  CHECK(codes8(with_absmax({1.0f, FLT_MAX})) == std::vector<int>{127, 127});
}

TEST_CASE("codes are found with the exact absmax, not with the one that is stored") {
  const Matrix weights = matrix(31, 33, random_values(31 * 33, 7));
  CHECK(quantized("nf4-dq", 32, weights).codes == quantized("nf4", 32, weights).codes);
  CHECK(quantized("fp4-dq", 32, weights).codes == quantized("fp4", 32, weights).codes);
}

TEST_CASE("nf4-dq and fp4-dq are the scalar model byte for byte beyond 256 blocks") {
  const std::string mode = GENERATE("nf4-dq", "fp4-dq");
  const int block_size = GENERATE(32, 64);
  CAPTURE(mode, block_size);
  const Matrix weights = matrix(151, 131, random_values(151 * 131, 8));
  const bool nf4 = mode == "nf4-dq";
  const auto inner = encoded_blocks(weights.values, block_size, 1, nf4 ? nf4_code : fp4_code);
  REQUIRE(inner.absmax.size() > 256);
  const QuantizedMatrix q = quantized(mode, block_size, weights);
  const float offset = offset_of(q);
  const auto outer = encoded_blocks(less(inner.absmax, offset), 256, 0, dynamic_code);
  CHECK(difference(codes_of(q), inner.codes) == "");
  CHECK(difference(codes8(q), outer.codes) == "");
  CHECK(difference(bits_of(outer_of(q)), bits_of(outer.absmax)) == "");

  std::vector<float> expected;  // multiplied, then added, each rounded
  for (std::size_t i = 0; i < weights.values.size(); ++i) {
    const std::size_t block = i / static_cast<std::size_t>(block_size);
    const float level = from_bits(
        (nf4 ? golden::kNf4Levels : golden::kFp4Levels)[static_cast<std::size_t>(inner.codes[i])]);
    const float product =
        from_bits(golden::kDynamicMap[outer.codes[block]]) * outer.absmax[block / 256];
    const float absmax = product + offset;
    expected.push_back(level * absmax);
  }
  CHECK(difference(bits_of(dequantized(q)), bits_of(expected)) == "");
}

}  // namespace
}  // namespace qbench::test
