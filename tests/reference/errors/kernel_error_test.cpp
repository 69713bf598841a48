// SPDX-License-Identifier: Apache-2.0
// kernel_error finds bugs: what kernels get wrong exceeds 1, and what arithmetic alone does stays
// within it.
#include <cmath>
#include <limits>

#include "reference/errors/error.h"
#include "reference/reference.h"
#include "suites/inputs/distributions.h"
#include "tests/catch.h"

namespace qbench {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::int64_t kM = 6, kN = 40, kK = 256;
const char* const kModes[] = {"fp32", "nf4", "nf4-dq", "fp4", "int8", "int4", "mxfp4"};

// A product with what it should be.
struct Product {
  Matrix x;
  QuantizedMatrix q;
  Dtype dtype;
  Expected expected;
  Matrix y;

  explicit Product(const Mode& mode)
      : x(make_activations(Input::normal, kM, kK, 5)),
        q(reference::quantize(mode, mode.block_size, make_weights(Input::normal, kN, kK, 5))),
        dtype(mode.dtype),
        y(kM, kN) {
    reference::round_to(dtype, x.values);
    expected = expected_matmul(x, q, dtype);
    reference::matmul(x, q, dtype, y);
  }
  double error() const { return kernel_error(expected, y).largest; }
};

template <class F>
void check_caught(const F& spoil) {
  for (const char* mode : kModes) {
    CAPTURE(mode);
    Product product(*find_mode(mode));
    CHECK(product.error() <= 1);
    spoil(product);
    reference::round_to(product.dtype, product.y.values);
    CHECK(product.error() > 1);
  }
}

// The kernel error of a product of two single numbers.
double error_of_one(float x, float w, Dtype dtype, float y) {
  Matrix one(1, 1), other(1, 1), output(1, 1);
  one.values[0] = x;
  other.values[0] = w;
  output.values[0] = y;
  return kernel_error(
             expected_matmul(one, reference::quantize(*find_mode("fp32"), 0, other), dtype), output)
      .largest;
}

}  // namespace

TEST_CASE("the reference itself passes, for every mode and type") {
  for (const Mode* mode : all_modes()) {
    Product product(*mode);
    for (const Dtype dtype : {Dtype::fp32, Dtype::fp16, Dtype::bf16}) {
      CAPTURE(mode->name, name(dtype));
      reference::matmul(product.x, product.q, dtype, product.y);
      CHECK(kernel_error(expected_matmul(product.x, product.q, dtype), product.y).largest <= 1);
    }
  }
}

TEST_CASE("where zeros are apart the bound grows by what codes of 0 stand for, twice") {
  for (const auto& [name, apart] :
       {std::pair("q4_1", true), std::pair("q4_k", true), std::pair("int4-hqq", true),
        std::pair("nf4", false), std::pair("int4", false)}) {
    CAPTURE(name);
    Product product(*find_mode(name));
    product.y.values[0] += 1;
    std::ranges::fill(product.q.codes, std::byte{0});
    Matrix zeros(kN, kK);
    reference::dequantize(product.q, zeros);
    double of_zeros = 0;
    for (std::int64_t k = 0; k < kK; ++k)
      of_zeros +=
          std::abs(static_cast<double>(product.x.row(0)[k]) * static_cast<double>(zeros.row(0)[k]));
    const double gamma = (kK + 8) * 0x1p-24 / (1 - (kK + 8) * 0x1p-24);
    const double bound = product.expected.bound.values[0];
    const double more = apart ? 2 * gamma * of_zeros : 0, error = product.error();
    CHECK(error > 1);
    CHECK(of_zeros > 0);
    const double u = product.dtype == Dtype::fp16 ? 0x1p-11 : 0x1p-8;
    CHECK(kernel_error(product.expected, product.y, {.zeros_apart = true}).largest ==
          Approx(error * bound / (bound + more * (1 + u))).epsilon(1e-6));
  }
}

TEST_CASE("a gain of 1 % is caught") {
  check_caught([](Product& p) {
    for (float& value : p.y.values) value *= 1.01f;
  });
}

TEST_CASE("one flipped sign is caught") {
  check_caught([](Product& p) { p.y.row(2)[7] = -p.y.row(2)[7]; });
}

TEST_CASE("a NaN and an infinity are caught") {
  check_caught([](Product& p) { p.y.values.back() = NAN; });
  check_caught([](Product& p) { p.y.values.front() = -kInfinity; });
}

TEST_CASE("an output that is never written is caught, whatever it held before") {
  check_caught([](Product& p) { std::ranges::fill(p.y.values, NAN); });
  check_caught([](Product& p) { std::ranges::fill(p.y.values, 0.0f); });
  check_caught([](Product& p) { p.y.row(kM - 1)[kN - 1] = 0; });
}

TEST_CASE("columns that are off by one, or rows swapped, are caught") {
  check_caught([](Product& p) {
    std::rotate(p.y.values.begin(), p.y.values.begin() + 1, p.y.values.end());
  });
  check_caught([](Product& p) { std::swap_ranges(p.y.row(0), p.y.row(1), p.y.row(1)); });
}

TEST_CASE("weights read wrongly are caught: swapped nibbles, a stale block, a neighbour's scale") {
  for (const char* mode : {"nf4", "fp4", "int4", "mxfp4"}) {
    CAPTURE(mode);
    Product p(*find_mode(mode));
    const QuantizedMatrix right = p.q;
    const auto error_now = [&] {
      reference::matmul(p.x, p.q, p.dtype, p.y);
      return p.error();
    };
    for (std::byte& b : p.q.codes) b = b << 4 | b >> 4;
    CHECK(error_now() > 1);
    p.q.codes = right.codes;
    std::copy_n(right.codes.begin(), p.q.block_size / 2, p.q.codes.begin() + p.q.block_size / 2);
    CHECK(error_now() > 1);
    p.q.codes = right.codes;
    auto& numbers = p.q.scales.numbers;
    std::rotate(numbers.begin(), numbers.begin() + 4, numbers.end());
    CHECK(error_now() > 1);
    p.q.scales = right.scales;
    CHECK(error_now() <= 1);
  }
}

TEST_CASE("an error of two units in the last place is caught where the sum is exact") {
  CHECK(error_of_one(1, 1, Dtype::bf16, 1) == 0);
  CHECK(error_of_one(1, 1, Dtype::bf16, 1 + 0x1p-6f) > 1);
  CHECK(error_of_one(1, 1, Dtype::fp16, 1 + 0x1p-9f) > 1);
  CHECK(error_of_one(3, 0x1p-130f, Dtype::fp32, 3 * 0x1p-130f) == 0);
}

TEST_CASE("a result beyond fp16 is infinity, and nothing else is") {
  CHECK(error_of_one(1000, 1000, Dtype::fp16, kInfinity) == 0);
  CHECK(error_of_one(1000, -1000, Dtype::fp16, -kInfinity) == 0);
  CHECK(error_of_one(1000, 1000, Dtype::fp16, -kInfinity) > 1);
  CHECK(error_of_one(1000, 1000, Dtype::fp16, 65504) > 1);
  CHECK(error_of_one(1000, 1000, Dtype::fp16, NAN) > 1);
  CHECK(error_of_one(1000, 60, Dtype::fp16, kInfinity) > 1);
  CHECK(error_of_one(1000, 1000, Dtype::bf16, kInfinity) > 1);
}

TEST_CASE("beside the edge of fp16 a sum that is a little off may round to infinity") {
  CHECK(error_of_one(65519, 1, Dtype::fp16, 65504) == 0);
  CHECK(error_of_one(65519, 1, Dtype::fp16, kInfinity) <= 1);
  CHECK(error_of_one(65480, 1, Dtype::fp16, kInfinity) > 1);
}

TEST_CASE("where the expected value is not finite, whatever is not finite is right") {
  CHECK(error_of_one(NAN, 1, Dtype::bf16, NAN) == 0);
  CHECK(error_of_one(NAN, 1, Dtype::bf16, 1) > 1);
  for (const float y : {kInfinity, -kInfinity, NAN}) {
    CHECK(error_of_one(kInfinity, 1, Dtype::bf16, y) == 0);
    CHECK(error_of_one(1, kInfinity, Dtype::fp32, y) == 0);
  }
  CHECK(error_of_one(kInfinity, 1, Dtype::bf16, 1) > 1);
  CHECK(error_of_one(kInfinity, 0, Dtype::bf16, 0) > 1);
}

}  // namespace qbench
