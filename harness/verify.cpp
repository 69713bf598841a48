// SPDX-License-Identifier: Apache-2.0
// Comparisons of a trial's output with the reference.
#include "harness/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reference/reference.h"

namespace qbench {
namespace {

std::string difference(std::string_view what, const Buffer<std::byte>& expected,
                       const Buffer<std::byte>& got) {
  const auto [at, other] = std::ranges::mismatch(expected, got);
  if (at == expected.end() && other == got.end()) return {};
  return fmt::format("{} differ from the reference's at byte {}", what, at - expected.begin());
}

std::string difference(const std::string& what, const StoredNumbers& expected,
                       const StoredNumbers& got) {
  for (const std::string& found :
       {difference(what, expected.numbers, got.numbers),
        difference("outer " + what, expected.outer, got.outer),
        difference("the mean of the " + what, expected.offset, got.offset)})
    if (!found.empty()) return found;
  return {};
}

std::string difference(const QuantizedMatrix& expected, const QuantizedMatrix& got) {
  for (const std::string& found : {difference("codes", expected.codes, got.codes),
                                   difference("scales", expected.scales, got.scales),
                                   difference("zero points", expected.zeros, got.zeros)})
    if (!found.empty()) return found;
  return {};
}

std::string other_size(std::int64_t rows, std::int64_t cols, const Matrix& output) {
  if (output.rows == rows && output.cols == cols &&
      static_cast<std::int64_t>(output.values.size()) == rows * cols)
    return {};
  return fmt::format("the output is {} x {}, not {} x {}", output.rows, output.cols, rows, cols);
}

bool same(float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }

// The first element that is not what the codes stand for, or -1. A piece at a time: the weights may
// be large.
std::int64_t first_wrong(const QuantizedMatrix& expected, Dtype dtype, const Matrix& output) {
  constexpr std::int64_t kPiece = 1 << 16;
  Buffer<float> decoded(kPiece);
  for (std::int64_t first = 0; first < expected.size(); first += kPiece) {
    const std::int64_t count = std::min(kPiece, expected.size() - first);
    reference::dequantize(expected, first, count, decoded.data());
    reference::round_to(dtype, {decoded.data(), static_cast<std::size_t>(count)});
    for (std::int64_t i = 0; i < count; ++i)
      if (!same(decoded[static_cast<std::size_t>(i)],
                output.values[static_cast<std::size_t>(first + i)]))
        return first + i;
  }
  return -1;
}

}  // namespace

Verdict verify_matmul(const Expected& expected, const Matrix& output,
                      const Arithmetic& arithmetic) {
  if (const std::string why = other_size(expected.value.rows, expected.value.cols, output);
      !why.empty())
    return {.wrong = why, .kernel_error = {}};
  const double error = kernel_error(expected, output, arithmetic);
  if (error <= 1) return {.wrong = {}, .kernel_error = error};
  return {.wrong = fmt::format("the product is off by {:.3g} times its bound", error),
          .kernel_error = std::isfinite(error) ? std::optional(error) : std::nullopt};
}

Verdict verify_codes(const QuantizedMatrix& expected, Trial& trial) {
  const QuantizedMatrix* got = trial.quantized();
  if (got == nullptr) return {.wrong = "there are no codes", .kernel_error = {}};
  return {.wrong = difference(expected, *got), .kernel_error = {}};
}

Verdict verify_weights(const QuantizedMatrix& expected, Dtype dtype, Trial& trial) {
  const Matrix& output = trial.output();
  if (const std::string why = other_size(expected.rows, expected.cols, output); !why.empty())
    return {.wrong = why, .kernel_error = {}};
  const std::int64_t wrong = first_wrong(expected, dtype, output);
  if (wrong < 0) return {};
  return {
      .wrong = fmt::format("dequantized weights differ from the reference's at element {}", wrong),
      .kernel_error = {}};
}

Verdict verify_roundtrip(const QuantizedMatrix& expected, Trial& trial) {
  const Verdict codes = verify_codes(expected, trial);
  return codes.wrong.empty() ? verify_weights(expected, Dtype::fp32, trial) : codes;
}

std::string proves_nothing(const Expected& expected) {
  const auto& values = expected.value.values;
  if (!std::ranges::all_of(values, [](double v) { return std::isfinite(v); }))
    return "this input proves nothing: the expected output is not finite";
  constexpr std::size_t kTooFewToTell = 8;
  if (values.size() > kTooFewToTell &&
      std::ranges::all_of(values, [&](double v) { return v == values.front(); }))
    return "this input proves nothing: the expected output is constant";
  return {};
}

}  // namespace qbench
