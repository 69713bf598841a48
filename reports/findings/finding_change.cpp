// SPDX-License-Identifier: Apache-2.0
// Expresses changes of figures in decibels and percent.
#include "reports/findings/finding_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numbers>

namespace qbench {
namespace {

// Fields whose texts are only equal or not, even if they look like numbers.
constexpr std::string_view kHashes[] = {"codes", "scales", "scale_map", "weights_hash"};

struct Figure {
  double value;
  std::string unit;  // text after the number, with its blank
};

std::optional<Figure> figure(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  const std::string unit = end;
  const bool plain = unit.empty() || unit.front() == ' ' || unit.front() == '%';
  if (end == text.c_str() || !plain || !(value >= 0) || std::isinf(value)) return std::nullopt;
  return Figure{value, unit};
}

bool is_squared_error(std::string_view field) { return field.ends_with("nmse"); }

// Two digits suffice, since the exact figures stand beside it.
std::string magnitude(double value) {
  if (value < 0.01) return "less than 0.01";
  return value < 10 ? fmt::format("{:.2g}", value) : fmt::format("{:.0f}", value);
}

std::string of_zero(std::string_view field, bool grew) {
  if (is_squared_error(field)) return grew ? "no longer exact" : "exact now";
  return grew ? "no longer 0" : "0 now";
}

}  // namespace

std::optional<double> growth_of(const Finding& finding) {
  if (std::ranges::find(kHashes, finding.field) != std::end(kHashes)) return std::nullopt;
  const std::optional<Figure> before = figure(finding.before), after = figure(finding.after);
  if (!before || !after || before->unit != after->unit) return std::nullopt;
  if (before->value == after->value) return 0;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (before->value == 0) return kInfinity;
  return after->value == 0 ? -kInfinity : std::log(after->value / before->value);
}

std::string growth_words(std::string_view field, double growth) {
  constexpr double kManyTimes = 10;
  if (growth == 0) return {};
  const bool grew = growth > 0;
  if (std::isinf(growth)) return of_zero(field, grew);
  if (is_squared_error(field))
    return fmt::format("{} dB {}", magnitude(10 * std::abs(growth) / std::numbers::ln10),
                       grew ? "worse" : "better");
  if (growth >= std::log(kManyTimes)) return fmt::format("{:.0f} times as large", std::exp(growth));
  const bool is_time = field == "seconds";
  return fmt::format("{} % {}", magnitude(100 * std::abs(std::expm1(growth))),
                     is_time ? (grew ? "slower" : "faster") : (grew ? "larger" : "smaller"));
}

}  // namespace qbench
