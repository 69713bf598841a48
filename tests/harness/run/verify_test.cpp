// SPDX-License-Identifier: Apache-2.0
// Verification judges right and wrong outputs.
#include "harness/run/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "reference/reference.h"
#include "suites/inputs/distributions.h"
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
               .x_sums = Buffer<double>(1, 1.0),
               .largest_weights = Buffer<double>(static_cast<std::size_t>(count), 1.0),
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

TEST_CASE("a product beyond its bound is wrong: how far, where, and how many elements are") {
  const Verdict verdict = verify_matmul(expected({1, 2, 4}, 0.5), output({1.75f, 3.5f, 4}));
  CHECK(verdict.wrong ==
        "the product is off by 3 times its bound at element (0, 1): got 3.5, expected 2; 2 of 3 "
        "elements are off");
  CHECK(verdict.kernel_error.value() == 3);
  CHECK(verify_matmul(expected({1}, 0.5), output({INFINITY})).wrong.find("got inf, expected 1") !=
        std::string::npos);
}

TEST_CASE("NaN where a number is expected is wrong, and a number where none is") {
  const Verdict undefined = verify_matmul(expected({1, 2}, 0.5), output({1, NAN}));
  CHECK(undefined.wrong ==
        "the product is no number where one is expected at element (0, 1): got nan, expected 2; 1 "
        "of 2 elements are off");
  CHECK_FALSE(undefined.kernel_error.has_value());
  for (const double none : {static_cast<double>(INFINITY), static_cast<double>(NAN)})
    CHECK(verify_matmul(expected({1, none}, 0.5), output({1, 2}))
              .wrong.find("finite where nothing finite is expected at element (0, 1): got 2") !=
          std::string::npos);
  for (const float none : {INFINITY, -INFINITY, NAN}) {
    const Verdict verdict =
        verify_matmul(expected({1, static_cast<double>(INFINITY)}, 0.5), output({1.25f, none}));
    CHECK(verdict.wrong.empty());
    CHECK(verdict.unproven.empty());
    CHECK(verdict.kernel_error.value() == 0.5);
  }
}

TEST_CASE("elements of which a partial sum may overflow are counted and not judged") {
  Expected three = expected({1, 2, 4}, 0.5);
  three.magnitude.values[1] = 4e38;
  const Verdict verdict = verify_matmul(three, output({1.25f, NAN, 4}));
  CHECK(verdict.wrong.empty());
  CHECK(verdict.elements == 3);
  CHECK(verdict.not_judged == 1);
  CHECK(verdict.remark() == "1 of 3 elements not judged: a partial sum may overflow");
  CHECK(verdict.kernel_error.value() == 0.5);
  CHECK_FALSE(verify_matmul(three, output({1.25f, NAN, 5})).wrong.empty());
  CHECK(verify_matmul(expected({1}, 0.5), output({1})).remark().empty());
}

TEST_CASE("where no element can be judged, being right proves nothing") {
  Expected two = expected({1, static_cast<double>(NAN)}, 0.5);
  two.magnitude.values[0] = 4e38;
  Verdict verdict = verify_matmul(two, output({1, NAN}));
  CHECK(verdict.wrong.empty());
  CHECK_FALSE(verdict.kernel_error.has_value());
  CHECK(verdict.unproven ==
        "this input proves nothing: 1 of 2 elements not judged: a partial sum may overflow, and no "
        "other one should be finite");
  CHECK_FALSE(verify_matmul(two, output({1, 0})).wrong.empty());
  two.magnitude.values[1] = 4e38;
  CHECK(verify_matmul(two, output({1, NAN})).unproven ==
        "this input proves nothing: a partial sum of every element may overflow");
  CHECK(verify_matmul(expected({static_cast<double>(NAN)}, 0.5), output({NAN})).unproven ==
        "this input proves nothing: the expected output is not finite");
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

TEST_CASE("gradients are right where all three are, and the one that is not is named") {
  class Gradients : public Shown {
   public:
    using Shown::Shown;
    const reference::LoraGradients* gradients() override { return &gradients_; }
    reference::LoraGradients gradients_;
  };
  const Expected x = expected({1, 2}, 0.5);
  const ExpectedAdapter adapter = {.a = expected({3}, 0.5), .b = expected({4, 5, 6}, 0.5)};
  Gradients trial(quantized("nf4"));
  trial.output_ = output({1, 2.125f});
  trial.gradients_ = {.x = {}, .a = output({3}), .b = output({4, 5.25f, 6})};
  const Verdict right = verify_gradients(x, adapter, trial);
  CHECK((right.wrong.empty() && right.unproven.empty()));
  CHECK(right.kernel_error.value() == 0.5);
  CHECK(right.elements == 6);
  const auto wrong = [&] { return verify_gradients(x, adapter, trial).wrong; };
  trial.gradients_.b.values[2] = NAN;
  CHECK(wrong().starts_with("the gradient of B: the product is no number where one is expected"));
  trial.gradients_.a.values[0] = 4;
  CHECK(wrong().starts_with("the gradient of A: the product is off by 2 times its bound"));
  trial.output_.values[0] = 0;
  CHECK(wrong().starts_with("the product is off by 2 times its bound"));
  Shown none(quantized("nf4"));
  CHECK(verify_gradients(x, adapter, none).wrong == "there are no gradients of the adapter");
}

TEST_CASE("a byte that differs from the reference's is named") {
  const QuantizedMatrix nf4_dq = quantized("nf4-dq"), int4 = quantized("int4");
  const auto starts = [](const std::string& text, std::string_view with) {
    return text.starts_with(with);
  };
  const auto code = std::to_integer<int>(nf4_dq.codes[77]);
  CHECK(wrong_byte(
            nf4_dq, 77, [](QuantizedMatrix & q) -> auto& { return q.codes; }) ==
        fmt::format(
            "codes differ in 1 of 3072 bytes, first at byte 77: got {:#04x}, expected {:#04x}",
            code ^ 1, code));
  CHECK(starts(wrong_byte(
                   nf4_dq, 5, [](QuantizedMatrix & q) -> auto& { return q.scales.numbers; }),
               "scales differ in 1 of 96 bytes, first at byte 5: got 0x"));
  CHECK(starts(wrong_byte(
                   nf4_dq, 0, [](QuantizedMatrix & q) -> auto& { return q.scales.outer; }),
               "outer scales differ in 1 of 4 bytes, first at byte 0: got 0x"));
  CHECK(starts(wrong_byte(
                   nf4_dq, 3, [](QuantizedMatrix & q) -> auto& { return q.scales.offset; }),
               "the mean of the scales differs in 1 of 4 bytes, first at byte 3: got 0x"));
  CHECK(starts(wrong_byte(
                   int4, 2, [](QuantizedMatrix & q) -> auto& { return q.zeros.numbers; }),
               "zero points differ in 1 of 24 bytes, first at byte 2: got 0x"));
}

TEST_CASE("minima and their outer scales are compared too") {
  static constexpr int kSizes[] = {32};
  static constexpr GroupNumber kNumber = {.storage = stored::unsigned_integer(6),
                                          .outer = OuterLevel{.size = 8, .less_mean = true}};
  static constexpr Mode kMode = {
      .name = "minima",
      .summary = "",
      .family = "",
      .used_by = "",
      .source = "",
      .format = {.bits = 4,
                 .codec = Integers{.lowest = 0, .highest = 15},
                 .granularity = Granularity::group,
                 .scale = kNumber,
                 .zero = Zero::minimum,
                 .zero_number = kNumber},
      .quantizer = {.statistic = Statistic::range,
                    .qmax = 15,
                    .outer = {.qmax = 63, .statistic = Statistic::signed_absmax}},
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
  CHECK(verify_roundtrip(q, trial).wrong == "codes are 3071 bytes, not 3072");
}

TEST_CASE("decoded weights that differ are told: how many, by how much, and the first") {
  QuantizedMatrix q = quantized("nf4");
  std::ranges::fill(q.codes, std::byte{0xff});
  for (std::size_t i = 0; i < q.scales.numbers.size(); i += 4) {
    const float absmax = 0.5f;
    std::memcpy(q.scales.numbers.data() + i, &absmax, sizeof absmax);
  }
  Shown trial(q);
  trial.output_.values[600] = 0.75f;
  trial.output_.values[700] = -1;
  CHECK(
      verify_roundtrip(q, trial).wrong ==
      "dequantized weights differ in 2 of 6144 elements, by 1.5 at the most, first at element (1, "
      "88): got 0.75, expected 0.5");
  trial.output_.values[700] = NAN;
  CHECK(verify_roundtrip(q, trial).wrong.find("in 2 of 6144 elements, by inf at the most") !=
        std::string::npos);
}

TEST_CASE("inputs that cannot show a mistake are refused") {
  CHECK(proves_nothing(expected({1, 2, 3, 4, 5, 6, 7, 8, 9}, 1)).empty());
  CHECK(proves_nothing(expected({1, 1}, 1)).empty());  // too few to tell
  CHECK(proves_nothing(expected({2, 2, 2, 2, 2, 2, 2, 2, 2}, 1)).find("constant") !=
        std::string::npos);
  CHECK(proves_nothing(expected({1, NAN}, 1)).empty());  // the number is judged
}

TEST_CASE("an output is right only at its own rows and columns, whatever their product") {
  const QuantizedMatrix q = quantized("nf4");  // 12 x 512
  const std::pair<std::int64_t, std::int64_t> sizes[] = {{512, 12}, {6, 1024}, {12, 511},
                                                         {12, 513}, {13, 512}, {1, 6144}};
  for (const auto& [rows, cols] : sizes) {
    const std::string size = fmt::format("the output is {} x {}, not ", rows, cols);
    Shown trial(q);
    trial.output_ = Matrix(rows, cols);
    CHECK(verify_weights(q, Dtype::fp32, trial).wrong == size + "12 x 512");
    CHECK(verify_roundtrip(q, trial).wrong == size + "12 x 512");
    Expected product = expected({0}, 0.5);
    product.value = DoubleMatrix(12, 512);
    CHECK(verify_matmul(product, Matrix(rows, cols), {}).wrong == size + "12 x 512");
  }
  Shown labelled(q);  // of as many values, under other numbers
  labelled.output_.cols = 511;
  CHECK(verify_weights(q, Dtype::fp32, labelled).wrong == "the output is 12 x 511, not 12 x 512");
}

}  // namespace qbench
