// SPDX-License-Identifier: Apache-2.0
// Rounding by thresholds in words: what is between two levels, and where it goes itself.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/explain/quantizer_text.h"
#include "reference/simd/loops.h"

namespace qbench {
namespace {

// What separates two levels that follow each other, and whether it goes to the higher itself.
struct Bound {
  float at;
  bool to_higher;
  float lower, higher;
  bool is_tie;  // it is exactly halfway
};

std::size_t code_of(float x, const Mode& mode) {
  std::uint8_t code = 0;
  reference::loops().encode_thresholds(&x, 1, mode.quantizer.thresholds, mode.format.bits, &code);
  return code;
}

std::vector<float> levels_by_rank(const Mode& mode) {
  const Thresholds& thresholds = mode.quantizer.thresholds;
  const auto& values = std::get<Codebook>(mode.format.codec).values;
  std::vector<float> out;
  for (std::size_t rank = 0; rank <= thresholds.at.size(); ++rank)
    out.push_back(values[thresholds.codes.empty() ? rank : thresholds.codes[rank]]);
  return out;
}

bool within_a_float(float a, float b) { return a == b || std::nextafter(a, b) == b; }

// A threshold one float below a round number sends that number to the higher.
float meant_by(float threshold) {
  const float next = std::nextafter(threshold, 2.0f);
  const bool round = 2 * fmt::format("{}", next).size() < fmt::format("{}", threshold).size();
  return round ? next : threshold;
}

float midpoint(float a, float b) { return (a + b) / 2; }

bool are_midpoints(const std::vector<float>& levels, std::span<const float> thresholds) {
  for (std::size_t i = 0; i < thresholds.size(); ++i)
    if (!within_a_float(thresholds[i], midpoint(levels[i], levels[i + 1]))) return false;
  return true;
}

std::vector<Bound> bounds_of(const Mode& mode, const std::vector<float>& levels, bool midpoints) {
  const auto& at = mode.quantizer.thresholds.at;
  const auto& values = std::get<Codebook>(mode.format.codec).values;
  std::vector<Bound> out;
  for (std::size_t i = 0; i < at.size(); ++i) {
    const float low = levels[i], high = levels[i + 1];
    const float bound = midpoints ? midpoint(low, high) : meant_by(at[i]);
    const double twice = static_cast<double>(low) + static_cast<double>(high);
    out.push_back({bound, values[code_of(bound, mode)] == high, low, high,
                   !midpoints || 2 * static_cast<double>(bound) == twice});
  }
  std::erase_if(out, [](const Bound& each) { return !each.is_tie; });
  return out;
}

std::string_view where_ties_go(const std::vector<Bound>& bounds) {
  const auto all = [&](auto is) { return std::ranges::all_of(bounds, is); };
  if (all([](const Bound& each) { return !each.to_higher; })) return "to the lower";
  if (all([](const Bound& each) { return each.to_higher; })) return "to the higher";
  const auto to_smaller = [](const Bound& each) {
    return each.to_higher == (std::abs(each.higher) < std::abs(each.lower));
  };
  if (all(to_smaller)) return "towards 0";
  if (std::ranges::none_of(bounds, to_smaller)) return "away from 0";
  return "to either";
}

}  // namespace

std::string thresholds_text(const Mode& mode) {
  const Thresholds& thresholds = mode.quantizer.thresholds;
  const std::vector<float> levels = levels_by_rank(mode);
  const bool midpoints = are_midpoints(levels, thresholds.at);
  const std::vector<Bound> bounds = bounds_of(mode, levels, midpoints);
  const std::string_view x = thresholds.sign_magnitude ? "|x|" : "x", ties = where_ties_go(bounds);
  std::vector<float> at;
  for (const Bound& bound : bounds) at.push_back(bound.at);
  std::string out = midpoints ? fmt::format("{} goes to the nearest level, a tie {}", x, ties)
                              : fmt::format("the level of {} changes at {}; there it goes {}", x,
                                            fmt::join(at, " "), ties);
  if (thresholds.sign_magnitude) out += "; the sign is the top bit of the code";
  if (const std::size_t values = std::get<Codebook>(mode.format.codec).values.size();
      thresholds.codes.empty() && mode.format.packing != Packing::trits && levels.size() < values)
    out += fmt::format("; code {} is never written", levels.size());
  return out;
}

}  // namespace qbench
