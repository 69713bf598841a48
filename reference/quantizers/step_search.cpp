// SPDX-License-Identifier: Apache-2.0
// CodeDescent and StepCandidates find the steps of groups of signed integers without a minimum,
// which are stored as integers under an outer scale.
#include <algorithm>

#include "reference/quantizers/nearest.h"
#include "reference/quantizers/units.h"

namespace qbench::reference {
namespace {

// Moments are sums over a group, weighted by x^2, of x times its code and of squared codes.
struct Moments {
  float x = 0, squares = 0;

  void add(float value, float code) {
    const float w = value * value;
    x += w * value * code;
    squares += w * code * code;
  }
  void take_off(float value, float code) {
    const float w = value * value;
    x -= w * value * code;
    squares -= w * code * code;
  }
  float step() const { return x / squares; }
};

Moments moments(std::span<const float> x, const float* codes) {
  Moments sums;
  for (std::size_t i = 0; i < x.size(); ++i) sums.add(x[i], codes[i]);
  return sums;
}

void take_codes(std::span<const float> x, float per_step, const Ends& of, float* codes) {
  for (std::size_t i = 0; i < x.size(); ++i) codes[i] = nearest(per_step * x[i], of.low, of.high);
}

// Moves each code in turn to the nearest by the best step for the others. Returns true where one
// moved.
bool sweep(std::span<const float> x, const Ends& of, Moments& sums, float* codes) {
  bool moved = false;
  for (std::size_t i = 0; i < x.size(); ++i) {
    Moments others = sums;
    others.take_off(x[i], codes[i]);
    if (!(others.x > 0)) continue;
    const float code = nearest(x[i] * others.squares / others.x, of.low, of.high);
    if (code == codes[i]) continue;
    others.add(x[i], code);
    if (others.squares > 0 && others.x * others.x * sums.squares > sums.x * sums.x * others.squares)
      codes[i] = code, sums = others, moved = true;
  }
  return moved;
}

float best_step(const CodeDescent& search, std::span<const float> x, const Ends& of, float* codes) {
  take_codes(x, of.low / largest(x), of, codes);
  Moments sums = moments(x, codes);
  for (int i = 0; i < search.sweeps && sweep(x, of, sums, codes); ++i) {
  }
  return sums.squares > 0 ? sums.step() : 0.0f;
}

float best_step(const StepCandidates& search, std::span<const float> x, const Ends& of,
                float* codes) {
  const float most = largest(x);
  take_codes(x, of.low / most, of, codes);
  Moments sums = moments(x, codes);
  float step = sums.squares != 0 ? sums.step() : 0.0f, best = step * sums.x;
  float tried[kMostUnit];
  for (int i = -search.each_side; i <= search.each_side; ++i) {
    if (i == 0) continue;
    take_codes(x, -(-of.low + search.increment * static_cast<float>(i)) / most, of, tried);
    sums = moments(x, tried);
    if (!(sums.squares > 0 && sums.x * sums.x > best * sums.squares)) continue;
    std::copy_n(tried, x.size(), codes);
    step = sums.step();
    best = step * sums.x;
  }
  return step;
}

// Makes steps integers of the storage, the largest magnitude the lowest, and sets the outer scale.
void as_integers(std::span<const float> steps, const Ends& of, Unit& unit) {
  const float per_unit = of.low / largest(steps);
  unit.outer_scale = as_f16(1 / per_unit);
  for (std::size_t g = 0; g < steps.size(); ++g)
    unit.scales[g] = nearest(per_unit * steps[g], of.low, of.high);
}

void set_zeros(const ZeroSteps& zeros, float lowest_code, Unit& unit) {
  unit.outer_scale = 0;
  std::ranges::fill(unit.scales, static_cast<float>(zeros.stored));
  std::ranges::fill(unit.codes, code_of(lowest_code));
}

// Finds the codes of each group by its stored step. Those of a step of 0 stay.
void take_codes_anew(const Ends& of, Unit& unit) {
  for (std::size_t g = 0; g < unit.groups(); ++g) {
    const float step = unit.outer_scale * unit.scales[g];
    if (step == 0) continue;
    const auto x = unit.group(g);
    const auto codes = unit.group_codes(g);
    for (std::size_t i = 0; i < x.size(); ++i)
      codes[i] = code_of(nearest(x[i] / step, of.low, of.high));
  }
}

template <class Search>
void find_steps(const Search& search, const Format& format, Unit& unit) {
  const Ends of = ends(format.codec);
  float steps[kMostGroups], codes[kMostUnit];
  for (std::size_t g = 0; g < unit.groups(); ++g) {
    const auto x = unit.group(g);
    std::fill_n(codes, x.size(), of.low);
    steps[g] = std::abs(largest(x)) < kLeastMagnitude ? 0.0f : best_step(search, x, of, codes);
    std::transform(codes, codes + x.size(), unit.group_codes(g).begin(), code_of);
  }
  const std::span<const float> all(steps, unit.groups());
  if (std::abs(largest(all)) < search.zeros.least) return set_zeros(search.zeros, of.low, unit);
  as_integers(all, ends(format.scale.storage.codec), unit);
  take_codes_anew(of, unit);
}

}  // namespace

void find(const CodeDescent& search, const Format& format, Unit& unit) {
  find_steps(search, format, unit);
}
void find(const StepCandidates& search, const Format& format, Unit& unit) {
  find_steps(search, format, unit);
}

}  // namespace qbench::reference
