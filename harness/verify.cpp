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

std::string difference(const QuantizedMatrix& expected, const QuantizedMatrix& got) {
  for (const std::string& found :
       {difference("codes", expected.codes, got.codes),
        difference("scales", expected.scales.numbers, got.scales.numbers),
        difference("outer scales", expected.scales.outer, got.scales.outer),
        difference("the mean of the scales", expected.scales.offset, got.scales.offset),
        difference("zero points", expected.zeros.numbers, got.zeros.numbers)})
    if (!found.empty()) return found;
  return {};
}

bool same(float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

Verdict verify_matmul(const Expected& expected, const Matrix& output) {
  const double error = kernel_error(expected, output);
  if (error <= 1) return {.wrong = {}, .kernel_error = error};
  return {.wrong = fmt::format("the product is off by {:.3g} times its bound", error),
          .kernel_error = std::isfinite(error) ? std::optional(error) : std::nullopt};
}

Verdict verify_roundtrip(const QuantizedMatrix& expected, Trial& trial) {
  if (const QuantizedMatrix* got = trial.quantized())
    if (const std::string found = difference(expected, *got); !found.empty())
      return {.wrong = found, .kernel_error = {}};
  Matrix decoded(expected.rows, expected.cols);
  reference::dequantize(expected, decoded);
  const auto [at, other] = std::ranges::mismatch(decoded.values, trial.output().values, same);
  if (at == decoded.values.end()) return {};
  return {.wrong = fmt::format("dequantized weights differ from the reference's at element {}",
                               at - decoded.values.begin()),
          .kernel_error = {}};
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
