// SPDX-License-Identifier: Apache-2.0
// What verification says of right and wrong outputs.
#include "harness/verify.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/inputs.h"
#include "reference/reference.h"
#include "tests/catch.h"

namespace qbench {
namespace {

// A trial that shows what it is given.
class Shown : public Trial {
 public:
  Shown(const QuantizedMatrix& q) : q_(q), output_(q.rows, q.cols) {
    reference::dequantize(q, output_);
  }
  double run_once() override { return 0; }
  void poison() override {}
  const Matrix& output() override { return output_; }
  const QuantizedMatrix* quantized() override { return &q_; }

  QuantizedMatrix q_;
  Matrix output_;
};

QuantizedMatrix quantized(const Mode& mode) {
  return reference::quantize(mode, mode.block_size, make_weights(Input::normal, 12, 512, 1));
}
QuantizedMatrix quantized(const char* mode) { return quantized(*find_mode(mode)); }

// The verdict on a trial whose byte `at` of one of its buffers has a bit flipped.
std::string wrong_byte(const QuantizedMatrix& expected, std::size_t at,
                       Buffer<std::byte>& (*part)(QuantizedMatrix&)) {
  Shown trial(expected);
  part(trial.q_)[at] ^= std::byte{1};
  return verify_roundtrip(expected, trial).wrong;
}

Expected expected(std::initializer_list<double> values, double bound) {
  const auto count = static_cast<std::int64_t>(values.size());
  Expected out{.value = {1, count},
               .bound = {1, count},
               .magnitude = {1, count},
               .k = 1,
               .dtype = Dtype::fp32};
  std::ranges::copy(values, out.value.values.begin());
  std::ranges::fill(out.bound.values, bound);
  std::ranges::fill(out.magnitude.values, 1.0);
  return out;
}
Matrix output(std::initializer_list<float> values) {
  Matrix out(1, static_cast<std::int64_t>(values.size()));
  std::ranges::copy(values, out.values.begin());
  return out;
}

}  // namespace

TEST_CASE("a product within its bound is right, and its error is told in units of the bound") {
  const Verdict verdict = verify_matmul(expected({1, 2}, 0.5), output({1.25f, 2}));
  CHECK(verdict.wrong.empty());
  CHECK(verdict.kernel_error.value() == 0.5);
  CHECK(verify_matmul(expected({1}, 0.5), output({1.5f})).wrong.empty());
}

TEST_CASE("a product beyond its bound is wrong, and NaN and infinity are") {
  const Verdict verdict = verify_matmul(expected({1, 2}, 0.5), output({1, 3}));
  CHECK(verdict.wrong == "the product is off by 2 times its bound");
  CHECK(verdict.kernel_error.value() == 2);
  const Verdict undefined = verify_matmul(expected({1, 2}, 0.5), output({1, NAN}));
  CHECK_FALSE(undefined.wrong.empty());
  CHECK_FALSE(undefined.kernel_error.has_value());
  CHECK_FALSE(verify_matmul(expected({1}, NAN), output({2})).wrong.empty());
  CHECK_FALSE(verify_matmul(expected({1}, 0.5), output({INFINITY})).wrong.empty());
}

TEST_CASE("an output of another size is wrong: nothing, a row less, rows for columns") {
  for (const Matrix& other : {Matrix(), Matrix(0, 6), Matrix(6, 1)}) {
    const Verdict verdict = verify_matmul(expected({0, 0, 0, 0, 0, 0}, 0.5), other);
    CHECK(verdict.wrong.find("the output is ") == 0);
    CHECK_FALSE(verdict.kernel_error.has_value());
  }
  const QuantizedMatrix q = quantized("nf4");
  Shown trial(q);
  trial.output_ = Matrix(11, 512);
  CHECK(verify_weights(q, Dtype::fp32, trial).wrong == "the output is 11 x 512, not 12 x 512");
  trial.output_.rows = 12;  // but no room for them
  CHECK_FALSE(verify_weights(q, Dtype::fp32, trial).wrong.empty());
}

TEST_CASE("a round trip that equals the reference's is right, for every mode") {
  for (const Mode* mode : all_modes()) {
    CAPTURE(mode->name);
    const QuantizedMatrix q = quantized(*mode);
    Shown trial(q);
    CHECK(verify_roundtrip(q, trial).wrong.empty());
  }
}

TEST_CASE("a byte that differs from the reference's is named") {
  const QuantizedMatrix nf4_dq = quantized("nf4-dq"), int4 = quantized("int4");
  CHECK(wrong_byte(
            nf4_dq, 77, [](QuantizedMatrix & q) -> auto& { return q.codes; }) ==
        "codes differ from the reference's at byte 77");
  CHECK(wrong_byte(
            nf4_dq, 5, [](QuantizedMatrix & q) -> auto& { return q.scales.numbers; }) ==
        "scales differ from the reference's at byte 5");
  CHECK(wrong_byte(
            nf4_dq, 0, [](QuantizedMatrix & q) -> auto& { return q.scales.outer; }) ==
        "outer scales differ from the reference's at byte 0");
  CHECK(wrong_byte(
            nf4_dq, 3, [](QuantizedMatrix & q) -> auto& { return q.scales.offset; }) ==
        "the mean of the scales differ from the reference's at byte 3");
  CHECK(wrong_byte(
            int4, 2, [](QuantizedMatrix & q) -> auto& { return q.zeros.numbers; }) ==
        "zero points differ from the reference's at byte 2");
}

TEST_CASE("minima and their outer scales are compared too") {
  static constexpr int kSizes[] = {32};
  static constexpr Mode kMode = {
      .name = "minima",
      .summary = "",
      .bits = 4,
      .codec = Grid{.lowest = 0, .highest = 15},
      .scaling = {.extent = Extent::group,
                  .statistic = Statistic::range,
                  .full = 15,
                  .storage = Storage::u6,
                  .zero = Zero::minimum,
                  .outer = OuterLevel{.size = 8,
                                      .full = 63,
                                      .statistic = Statistic::signed_absmax,
                                      .subtract_mean = true}},
      .block_size = 32,
      .block_sizes = kSizes};
  const QuantizedMatrix q = quantized(kMode);
  CHECK(wrong_byte(
            q, 2, [](QuantizedMatrix & o) -> auto& { return o.zeros.numbers; }) != "");
  CHECK(wrong_byte(
            q, 2, [](QuantizedMatrix & o) -> auto& { return o.zeros.outer; }) != "");
  CHECK(wrong_byte(
            q, 2, [](QuantizedMatrix & o) -> auto& { return o.zeros.offset; }) != "");
}

TEST_CASE("missing bytes are a difference") {
  const QuantizedMatrix q = quantized("nf4");
  Shown trial(q);
  trial.q_.codes.pop_back();
  CHECK_FALSE(verify_roundtrip(q, trial).wrong.empty());
}

TEST_CASE("a decoded weight that differs is named, NaN among them") {
  const QuantizedMatrix q = quantized("nf4");
  for (const float bad : {NAN, 1e-3f}) {
    Shown trial(q);
    trial.output_.values[100] += bad;
    CHECK(verify_roundtrip(q, trial).wrong ==
          "dequantized weights differ from the reference's at element 100");
  }
}

TEST_CASE("inputs that cannot show a mistake are refused") {
  CHECK(proves_nothing(expected({1, 2, 3, 4, 5, 6, 7, 8, 9}, 1)).empty());
  CHECK(proves_nothing(expected({1, 1}, 1)).empty());  // too few to tell
  CHECK(proves_nothing(expected({2, 2, 2, 2, 2, 2, 2, 2, 2}, 1)).find("constant") !=
        std::string::npos);
  CHECK(proves_nothing(expected({1, NAN}, 1)).find("not finite") != std::string::npos);
  CHECK(proves_nothing(expected({1, INFINITY}, 1)).find("not finite") != std::string::npos);
}

}  // namespace qbench
