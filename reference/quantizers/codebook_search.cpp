// SPDX-License-Identifier: Apache-2.0
// CodebookCandidates finds the scales of groups whose codes are those of a codebook.
#include "reference/quantizers/nearest.h"
#include "reference/quantizers/units.h"

namespace qbench::reference {
namespace {

// The levels of a codebook, which ascend, with the middles between them.
class SortedLevels {
 public:
  explicit SortedLevels(std::span<const float> levels) : levels_(levels) {
    for (std::size_t i = 0; i + 1 < levels.size(); ++i)
      middles_[i] = (levels[i] + levels[i + 1]) / 2;
  }
  // Returns the code of the nearest level, of two the higher.
  std::uint8_t code(float x) const {
    int code = 0;
    for (std::size_t i = 0; i + 1 < levels_.size(); ++i) code += x >= middles_[i] ? 1 : 0;
    return static_cast<std::uint8_t>(code);
  }
  float lowest() const { return levels_[0]; }
  float operator[](std::size_t code) const { return levels_[code]; }

 private:
  std::span<const float> levels_;
  float middles_[16];
};

// Moments are sums over a group, weighted by x^2, of x times its level and of squared levels.
struct Moments {
  float x = 0, squares = 0;
};

Moments moments(std::span<const float> x, float per_scale, const SortedLevels& levels) {
  Moments sums;
  for (const float value : x) {
    const float w = value * value, level = levels[levels.code(per_scale * value)];
    sums.x += w * level * value;
    sums.squares += w * level * level;
  }
  return sums;
}

float best_scale(const CodebookCandidates& search, std::span<const float> x,
                 const SortedLevels& levels) {
  const float most = largest(x);
  if (std::abs(most) < kLeastMagnitude) return 0;
  Moments sums = moments(x, 1 / (-most / levels.lowest()), levels);
  float scale = sums.x / sums.squares, best = scale * sums.x;
  for (int i = -search.each_side; i <= search.each_side; ++i) {
    sums = moments(x, (static_cast<float>(i) + levels.lowest()) / most, levels);
    if (!(sums.squares > 0 && sums.x * sums.x > best * sums.squares)) continue;
    scale = sums.x / sums.squares;
    best = scale * sums.x;
  }
  return scale == scale ? scale : 0;  // NaN is what sums beyond f32 give
}

void take_codes(float scale, std::size_t g, const SortedLevels& levels, Unit& unit) {
  const float per_scale = scale != 0 ? 1 / scale : 0;
  const auto x = unit.group(g);
  const auto codes = unit.group_codes(g);
  for (std::size_t i = 0; i < x.size(); ++i) codes[i] = levels.code(per_scale * x[i]);
}

// Makes scales integers under an outer scale, the largest magnitude the lowest integer.
void as_integers(std::span<const float> scales, const Ends& of, const SortedLevels& levels,
                 Unit& unit) {
  const float outer = largest(scales) / of.low;
  unit.outer_scale = as_f16(outer);
  const float per_unit = outer != 0 ? 1 / outer : 0;
  for (std::size_t g = 0; g < scales.size(); ++g) {
    unit.scales[g] = nearest(per_unit * scales[g], of.low, of.high);
    take_codes(outer * unit.scales[g], g, levels, unit);
  }
}

}  // namespace

void find(const CodebookCandidates& search, const Format& format, Unit& unit) {
  const SortedLevels levels(unit.levels);
  float scales[kMostGroups];
  for (std::size_t g = 0; g < unit.groups(); ++g)
    scales[g] = best_scale(search, unit.group(g), levels);
  if (format.scale.outer)
    return as_integers({scales, unit.groups()}, ends(format.scale.storage.codec), levels, unit);
  unit.scales[0] = scales[0];
  take_codes(scales[0], 0, levels, unit);
}

}  // namespace qbench::reference
