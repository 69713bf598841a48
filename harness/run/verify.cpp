// SPDX-License-Identifier: Apache-2.0
// Compares a trial's output with the reference.
#include "harness/run/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <tuple>

#include "reference/reference.h"

namespace qbench {
namespace {

// --- Bytes

std::string difference(std::string_view what, const Buffer<std::byte>& expected,
                       const Buffer<std::byte>& got) {
  const bool one = what.starts_with("the ");
  if (got.size() != expected.size())
    return fmt::format("{} {} {} bytes, not {}", what, one ? "is" : "are", got.size(),
                       expected.size());
  std::size_t differ = 0, first = 0;
  for (std::size_t i = 0; i < got.size(); ++i)
    if (got[i] != expected[i] && differ++ == 0) first = i;
  if (differ == 0) return {};
  return fmt::format("{} {} in {} of {} bytes, first at byte {}: got {:#04x}, expected {:#04x}",
                     what, one ? "differs" : "differ", differ, got.size(), first,
                     std::to_integer<int>(got[first]), std::to_integer<int>(expected[first]));
}

std::string difference(const QuantizedMatrix& expected, const QuantizedMatrix& got) {
  std::string found;
  for_each_plane(expected, got, [&](Plane plane, const auto& right, const auto& shown) {
    if (found.empty()) found = difference(name(plane).words, right, shown);
  });
  return found;
}

// --- Elements

std::string other_size(std::int64_t rows, std::int64_t cols, const Matrix& output) {
  if (output.rows == rows && output.cols == cols &&
      static_cast<std::int64_t>(output.values.size()) == rows * cols)
    return {};
  return fmt::format("the output is {} x {}, not {} x {}", output.rows, output.cols, rows, cols);
}

std::string element(std::int64_t at, std::int64_t cols) {
  return fmt::format("element ({}, {})", at / cols, at % cols);
}

bool same(float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }

// Elements that differ from the decoded weights.
struct Differences {
  std::int64_t count = 0;
  std::int64_t first = 0;
  float got = 0, expected = 0;  // at `first`
  double largest = 0;           // infinite if one of the two is not finite

  void add(std::int64_t at, float one, float other) {
    if (count++ == 0) {
      first = at;
      got = one;
      expected = other;
    }
    const double difference = std::abs(static_cast<double>(one) - static_cast<double>(other));
    if (!(difference <= largest))
      largest = std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference;
  }
};

// Decodes a piece at a time, because the weights may be large.
Differences differences(const QuantizedMatrix& expected, Dtype dtype, const Matrix& output) {
  constexpr std::int64_t kPiece = 1 << 16;
  Buffer<float> decoded(kPiece);
  Differences out;
  for (std::int64_t first = 0; first < expected.size(); first += kPiece) {
    const std::int64_t count = std::min(kPiece, expected.size() - first);
    reference::dequantize(expected, first, count, decoded.data());
    reference::round_to(dtype, {decoded.data(), static_cast<std::size_t>(count)});
    const float* const got = output.values.data() + first;
    for (std::int64_t i = 0; i < count; ++i)
      if (const float right = decoded[static_cast<std::size_t>(i)]; !same(right, got[i]))
        out.add(first + i, got[i], right);
  }
  return out;
}

std::string text(const Differences& d, const QuantizedMatrix& q) {
  if (d.count == 0) return {};
  return fmt::format(
      "dequantized weights differ in {} of {} elements, by {:.3g} at the most, first at {}: got "
      "{:.9g}, expected {:.9g}",
      d.count, q.size(), d.largest, element(d.first, q.cols), d.got, d.expected);
}

// --- Products

std::string text(const KernelError& error, const Expected& expected, const Matrix& output) {
  const auto worst = static_cast<std::size_t>(error.worst);
  const double value = expected.value.values[worst];
  std::string how = fmt::format("off by {:.3g} times its bound", error.largest);
  if (std::isinf(error.largest))
    how = std::isfinite(value) ? "no number where one is expected"
                               : "finite where nothing finite is expected";
  return fmt::format(
      "the product is {} at {}: got {:.9g}, expected {:.9g}; {} of {} elements are off", how,
      element(error.worst, expected.value.cols), output.values[worst], value, error.off,
      expected.value.size());
}

// The reason why no element was compared with a number.
std::string nothing_judged(const Verdict& verdict) {
  if (verdict.not_judged == 0) return "the expected output is not finite";
  if (verdict.not_judged == verdict.elements) return "a partial sum of every element may overflow";
  return verdict.remark() + ", and no other one should be finite";
}

}  // namespace

std::string Verdict::remark() const {
  if (not_judged == 0) return {};
  return fmt::format("{} of {} elements not judged: a partial sum may overflow", not_judged,
                     elements);
}

Verdict verify_matmul(const Expected& expected, const Matrix& output,
                      const Arithmetic& arithmetic) {
  const std::string size = other_size(expected.value.rows, expected.value.cols, output);
  if (!size.empty()) return {.wrong = size};
  const KernelError error = kernel_error(expected, output, arithmetic);
  Verdict verdict{.elements = expected.value.size(), .not_judged = error.not_judged};
  if (std::isfinite(error.largest) && error.numbers > 0) verdict.kernel_error = error.largest;
  if (error.off > 0)
    verdict.wrong = text(error, expected, output);
  else if (error.numbers == 0)
    verdict.unproven = "this input proves nothing: " + nothing_judged(verdict);
  return verdict;
}

Verdict verify_gradients(const Expected& expected, const ExpectedAdapter& adapter, Trial& trial,
                         const Arithmetic& arithmetic) {
  const reference::LoraGradients* made = trial.gradients();
  if (made == nullptr) return {.wrong = "there are no gradients of the adapter"};
  Verdict all = verify_matmul(expected, trial.output(), arithmetic);
  for (const auto& [name, right, got] :
       {std::tuple{"A", &adapter.a, &made->a}, {"B", &adapter.b, &made->b}}) {
    const Verdict one = verify_matmul(*right, *got, arithmetic);
    if (all.wrong.empty() && !one.wrong.empty())
      all.wrong = fmt::format("the gradient of {}: {}", name, one.wrong);
    if (all.unproven.empty() && !one.unproven.empty())
      all.unproven = fmt::format("the gradient of {}: {}", name, one.unproven);
    if (one.kernel_error)
      all.kernel_error = std::max(all.kernel_error.value_or(0), *one.kernel_error);
    all.elements += one.elements;
    all.not_judged += one.not_judged;
  }
  return all;
}

Verdict verify_codes(const QuantizedMatrix& expected, Trial& trial) {
  const QuantizedMatrix* got = trial.quantized();
  return {.wrong = got == nullptr ? "there are no codes" : difference(expected, *got)};
}

Verdict verify_weights(const QuantizedMatrix& expected, Dtype dtype, Trial& trial) {
  const Matrix& output = trial.output();
  const std::string size = other_size(expected.rows, expected.cols, output);
  if (!size.empty()) return {.wrong = size};
  return {.wrong = text(differences(expected, dtype, output), expected)};
}

Verdict verify_roundtrip(const QuantizedMatrix& expected, Trial& trial) {
  const Verdict codes = verify_codes(expected, trial);
  return codes.wrong.empty() ? verify_weights(expected, Dtype::fp32, trial) : codes;
}

std::string proves_nothing(const Expected& expected) {
  const auto& values = expected.value.values;
  constexpr std::size_t kTooFewToTell = 8;
  if (values.size() > kTooFewToTell &&
      std::ranges::all_of(values, [&](double v) { return v == values.front(); }))
    return "this input proves nothing: the expected output is constant";
  return {};
}

}  // namespace qbench
