// SPDX-License-Identifier: Apache-2.0
// LeastSquares fits lines to the weights of groups; their steps and minima become small integers.
#include <algorithm>

#include "reference/quantizers/nearest.h"
#include "reference/quantizers/units.h"

namespace qbench::reference {
namespace {

struct Line {
  float step, minimum;
};

// A LineSearch holds the weights of one group, those of their errors, and the best line so far.
class LineSearch {
 public:
  LineSearch(const LeastSquares& search, std::span<const float> x, float highest)
      : search_(search), x_(x), highest_(highest) {
    weigh();
    const auto [low, high] = std::ranges::minmax(x);
    best_.minimum = std::min(low, 0.0f);
    max_ = high;
  }

  // Returns the best line, whose minimum is at most 0, and fills in its codes.
  Line run(std::span<std::uint8_t> codes) {
    std::ranges::fill(codes, std::uint8_t{0});
    if (max_ == best_.minimum) return {0, best_.minimum};
    const float per_step = highest_ / (max_ - best_.minimum);
    best_.step = 1 / per_step;
    take_codes(per_step);
    least_error_ = error(best_);
    write_codes(codes);
    for (int i = 0; i <= search_.steps; ++i) try_candidate(i, codes);
    return best_;
  }

 private:
  void weigh() {
    float squares = 0;
    for (const float x : x_) squares += x * x;
    const float rms = search_.weight == LeastSquares::Weight::magnitude_and_rms
                          ? std::sqrt(squares / static_cast<float>(x_.size()))
                          : 0.0f;
    for (std::size_t i = 0; i < x_.size(); ++i) {
      weight_[i] = rms + std::abs(x_[i]);
      sum_w_ += weight_[i];
      sum_x_ += weight_[i] * x_[i];
    }
  }
  void take_codes(float per_step) {
    for (std::size_t i = 0; i < x_.size(); ++i)
      code_[i] = nearest(per_step * (x_[i] - best_.minimum), 0, highest_);
  }
  void write_codes(std::span<std::uint8_t> codes) const {
    for (std::size_t i = 0; i < x_.size(); ++i) codes[i] = code_of(code_[i]);
  }
  float error(const Line& line) const {
    float difference[kMostUnit];
    for (std::size_t i = 0; i < x_.size(); ++i) {
      const float d = line.step * code_[i] + line.minimum - x_[i];
      difference[i] = weight_[i] * (search_.absolute ? std::abs(d) : d * d);
    }
    float sum = 0;
    for (std::size_t i = 0; i < x_.size(); ++i) sum += difference[i];
    return sum;
  }
  // Finds the line of least squares for the codes. Returns false where there is none.
  bool fit(Line& line) const {
    float l = 0, ll = 0, xl = 0;
    for (std::size_t i = 0; i < x_.size(); ++i) {
      const float wl = weight_[i] * code_[i];
      l += wl;
      ll += wl * code_[i];
      xl += wl * x_[i];
    }
    const float determinant = sum_w_ * ll - l * l;
    if (!(determinant > 0)) return false;
    line = {(sum_w_ * xl - sum_x_ * l) / determinant, (ll * sum_x_ - l * xl) / determinant};
    if (line.minimum > 0) line = {xl / ll, 0};
    return true;
  }
  void try_candidate(int i, std::span<std::uint8_t> codes) {
    take_codes((search_.first + search_.increment * static_cast<float>(i) + highest_) /
               (max_ - best_.minimum));
    Line line;
    if (!fit(line)) return;
    const float now = error(line);
    if (!(now < least_error_)) return;
    least_error_ = now;
    best_ = line;
    write_codes(codes);
  }

  const LeastSquares& search_;
  const std::span<const float> x_;
  const float highest_;
  float weight_[kMostUnit], code_[kMostUnit];
  float sum_w_ = 0, sum_x_ = 0, max_ = 0, least_error_ = 0;
  Line best_ = {0, 0};
};

// Makes numbers, none below 0, integers up to the highest of their storage, and returns the outer
// number.
float as_integers(std::span<const float> numbers, const GroupNumber& how, std::span<float> out) {
  const float highest = ends(how.storage.codec).high;
  float most = 0;
  for (const float number : numbers) most = number > most ? number : most;
  const float per_unit = most > 0 ? highest / most : 0;
  for (std::size_t g = 0; g < numbers.size(); ++g)
    out[g] = nearest(per_unit * numbers[g], 0, highest);
  return as_f16(most / highest);
}

// Finds the codes of each group by its stored numbers. Those of a step of 0 stay.
void take_codes_anew(float highest, Unit& unit) {
  for (std::size_t g = 0; g < unit.groups(); ++g) {
    const float step = unit.outer_scale * unit.scales[g];
    const float minimum = unit.outer_minimum * unit.minima[g];
    if (step == 0) continue;
    const auto x = unit.group(g);
    const auto codes = unit.group_codes(g);
    for (std::size_t i = 0; i < x.size(); ++i)
      codes[i] = code_of(nearest((x[i] - minimum) / step, 0, highest));
  }
}

}  // namespace

void find(const LeastSquares& search, const Format& format, Unit& unit) {
  const float highest = ends(format.codec).high;
  float steps[kMostGroups], depths[kMostGroups];
  for (std::size_t g = 0; g < unit.groups(); ++g) {
    const Line line = LineSearch(search, unit.group(g), highest).run(unit.group_codes(g));
    steps[g] = line.step;
    depths[g] = -line.minimum;
  }
  unit.outer_scale = as_integers({steps, unit.groups()}, format.scale, unit.scales);
  unit.outer_minimum = -as_integers({depths, unit.groups()}, format.zero_number, unit.minima);
  take_codes_anew(highest, unit);
}

}  // namespace qbench::reference
