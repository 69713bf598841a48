// SPDX-License-Identifier: Apache-2.0
// fp32, fp16, bf16: the bytes of every pattern, and roundings against one in double.
#include "tests/catch.h"
#include "tests/reference/matrices.h"

namespace qbench::test {
namespace {

double bf16_value(std::uint16_t bits) { return from_bits(std::uint32_t{bits} << 16); }

struct Type {
  const char* mode;
  double (*value)(std::uint16_t bits);
  double (*round)(double x);
  int infinity;  // its bits
};
constexpr Type kFp16Type = {"fp16", fp16_value, fp16, 0x7c00};
constexpr Type kBf16Type = {"bf16", bf16_value, bf16, 0x7f80};

std::vector<std::uint16_t> bytes16(const char* mode, const std::vector<float>& values) {
  return numbers<std::uint16_t>(quantized(mode, 0, row(values)).codes);
}

// All that is not NaN.
std::vector<float> all_values(const Type& type) {
  std::vector<float> values;
  for (int bits = 0; bits < 65536; ++bits)
    if ((bits & 0x7fff) <= type.infinity)
      values.push_back(static_cast<float>(type.value(static_cast<std::uint16_t>(bits))));
  return values;
}

// x is rounded to what the bits mean, with its sign.
void check_rounded(const Type& type, const std::vector<float>& values) {
  const std::vector<std::uint16_t> bits = bytes16(type.mode, values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double actual = type.value(bits[i]), expected = type.round(values[i]);
    if (actual == expected && std::signbit(actual) == std::signbit(expected)) continue;
    CAPTURE(type.mode, values[i], bits[i], actual, expected);
    FAIL("rounded otherwise");
  }
}

TEST_CASE("fp32 keeps every bit of every weight") {
  std::vector<float> values = random_values(1000, 12);
  for (const std::uint32_t bits : {0x80000000u, 1u, 0x807fffffu, 0x7f800000u, 0xff800000u,
                                   0x7fc00000u, 0xff812345u, 0x7f7fffffu})
    values.push_back(from_bits(bits));
  const QuantizedMatrix q = quantized("fp32", 0, row(values));
  CHECK(difference(numbers<std::uint32_t>(q.codes), bits_of(values)) == "");
  CHECK(difference(bits_of(dequantized(q)), bits_of(values)) == "");
}

TEST_CASE("fp16 and bf16 keep the bits of every number that they have and decode it") {
  const Type type = GENERATE(kFp16Type, kBf16Type);
  CAPTURE(type.mode);
  const std::vector<float> values = all_values(type);
  std::vector<int> expected;
  for (int bits = 0; bits < 65536; ++bits)
    if ((bits & 0x7fff) <= type.infinity) expected.push_back(bits);
  const QuantizedMatrix q = quantized(type.mode, 0, row(values));
  CHECK(difference(numbers<std::uint16_t>(q.codes), expected) == "");
  CHECK(difference(bits_of(dequantized(q)), bits_of(values)) == "");
}

TEST_CASE("fp16 and bf16 round to nearest even beside and between all their numbers") {
  const Type type = GENERATE(kFp16Type, kBf16Type);
  CAPTURE(type.mode);
  const std::vector<float> values = all_values(type);
  std::vector<float> beside, between;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isinf(values[i])) continue;
    beside.insert(beside.end(), {below(values[i]), above(values[i])});
    const double next =
        i + 1 < values.size() && std::isfinite(values[i + 1]) ? values[i + 1] : values[i];
    const auto midpoint = static_cast<float>((double{values[i]} + next) / 2);
    between.insert(between.end(), {below(midpoint), midpoint, above(midpoint)});
  }
  check_rounded(type, beside);
  check_rounded(type, between);
}

TEST_CASE("fp16 and bf16 overflow to infinity from the midpoint beyond their largest number on") {
  CHECK(bytes16("fp16", {65504.0f, below(65520.0f), 65520.0f, -65520.0f, 3e38f, -kInf}) ==
        std::vector<std::uint16_t>{0x7bff, 0x7bff, 0x7c00, 0xfc00, 0x7c00, 0xfc00});
  const float beyond = 0x1.ffp127f;
  CHECK(bytes16("bf16", {0x1.fep127f, below(beyond), beyond, -beyond, below(kInf), -kInf}) ==
        std::vector<std::uint16_t>{0x7f7f, 0x7f7f, 0x7f80, 0xff80, 0x7f80, 0xff80});
}

TEST_CASE("fp16 and bf16 keep the sign of what rounds to 0") {
  CHECK(bytes16("fp16", {0x1p-25f, -0x1p-25f, above(0x1p-25f), -0x1p-149f, -0.0f}) ==
        std::vector<std::uint16_t>{0, 0x8000, 1, 0x8000, 0x8000});
  CHECK(bytes16("bf16", {0x1p-134f, -0x1p-134f, above(0x1p-134f), -0x1p-149f, -0.0f}) ==
        std::vector<std::uint16_t>{0, 0x8000, 1, 0x8000, 0x8000});
}

TEST_CASE("NaN stays NaN in fp16 and bf16, whatever its payload") {
  const Type type = GENERATE(kFp16Type, kBf16Type);
  std::vector<float> values;
  for (const std::uint32_t payload :
       {1u, 0x1fffu, 0x7fffu, 0xffffu, 0x3fffffu, 0x400000u, 0x7fffffu})
    for (const std::uint32_t sign : {0u, 0x80000000u})
      values.push_back(from_bits(sign | 0x7f800000 | payload));
  for (const std::uint16_t bits : bytes16(type.mode, values))
    CHECK((bits & 0x7fff) > type.infinity);
  for (const float value : dequantized(quantized(type.mode, 0, row(values))))
    CHECK(std::isnan(value));
}

TEST_CASE("random floats of any exponent are rounded to fp16 and bf16 as in double") {
  std::mt19937 generator(13);
  std::vector<float> values;
  while (values.size() < 100'000) {
    const float value = from_bits(static_cast<std::uint32_t>(generator()));
    if (!std::isnan(value)) values.push_back(value);
  }
  check_rounded(kFp16Type, values);
  check_rounded(kBf16Type, values);
}

TEST_CASE("the plain modes have no blocks") {
  for (const char* name : {"fp32", "fp16", "bf16"}) {
    CHECK_FALSE(find_mode(name)->quantized());
    CHECK_FALSE(find_mode(name)->allows(64));
    CHECK_THROWS_AS(reference::quantize(*find_mode(name), 64, Matrix(4, 64)),
                    std::invalid_argument);
  }
}

}  // namespace
}  // namespace qbench::test
