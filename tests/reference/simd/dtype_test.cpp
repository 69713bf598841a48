// SPDX-License-Identifier: Apache-2.0
// Dtype: names, sizes, and rounding of whole runs.
#include "tests/catch.h"
#include "tests/reference/matrices.h"

namespace qbench::test {
namespace {

TEST_CASE("dtypes have the names and sizes of the field") {
  CHECK(name(Dtype::fp32) == "fp32");
  CHECK(name(Dtype::fp16) == "fp16");
  CHECK(name(Dtype::bf16) == "bf16");
  CHECK(bytes_of(Dtype::fp32) == 4);
  CHECK(bytes_of(Dtype::fp16) == 2);
  CHECK(bytes_of(Dtype::bf16) == 2);
}

std::vector<float> rounded_to(Dtype dtype, std::vector<float> values) {
  reference::round_to(dtype, values);
  return values;
}

TEST_CASE("the unit roundoff is the largest relative error of rounding, and is reached") {
  CHECK(unit_roundoff(Dtype::fp32) == std::numeric_limits<float>::epsilon() / 2);
  for (const Dtype dtype : {Dtype::fp16, Dtype::bf16}) {
    CAPTURE(name(dtype));
    const auto u = static_cast<float>(unit_roundoff(dtype));
    CHECK(rounded_to(dtype, {1 + u, above(1 + u), 1 + 3 * u}) ==
          std::vector{1.0f, 1 + 2 * u, 1 + 4 * u});
  }
}

TEST_CASE("rounding to fp32 changes nothing") {
  std::vector<float> values = random_values(1000, 14);
  values.insert(values.end(), {0x1p-149f, -0.0f, kInf});
  CHECK(difference(bits_of(rounded_to(Dtype::fp32, values)), bits_of(values)) == "");
}

TEST_CASE(
    "rounding a long run is rounding each number in double, and doing it twice adds nothing") {
  const Dtype dtype = GENERATE(Dtype::fp16, Dtype::bf16);
  CAPTURE(name(dtype));
  std::vector<float> values = random_values(70'001, 15);  // more than one part
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = std::ldexp(values[i], static_cast<int>(i % 60) - 40);
  values.insert(values.end(), {-0.0f, kInf, -kInf, 65520.0f, below(kInf)});
  std::vector<float> expected;
  for (const float value : values)
    expected.push_back(static_cast<float>(dtype == Dtype::fp16 ? fp16(value) : bf16(value)));
  const std::vector<float> actual = rounded_to(dtype, values);
  CHECK(difference(bits_of(actual), bits_of(expected)) == "");
  CHECK(difference(bits_of(rounded_to(dtype, actual)), bits_of(actual)) == "");
}

TEST_CASE("rounding keeps NaN, and what it gives is what the type stores") {
  for (const Dtype dtype : {Dtype::fp16, Dtype::bf16}) {
    CHECK(std::isnan(rounded_to(dtype, {kNan})[0]));
    CHECK(std::isnan(rounded_to(dtype, {from_bits(0x7f800001)})[0]));
    const std::vector<float> values = random_values(1000, 16);
    CHECK(rounded_to(dtype, values) == dequantized(quantized(name(dtype), 0, row(values))));
  }
}

}  // namespace
}  // namespace qbench::test
