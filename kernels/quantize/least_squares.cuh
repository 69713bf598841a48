// SPDX-License-Identifier: Apache-2.0
// LeastSquares on a device: lines through the weights of groups, and their steps and minima as
// small integers.
#pragma once

#include "kernels/quantize/search_unit.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

template <const Mode& M>
struct LeastSquaresSearch {
  static constexpr LeastSquares kSearch = std::get<LeastSquares>(M.quantizer.search);
  static constexpr bool kRms = kSearch.weight == LeastSquares::Weight::magnitude_and_rms;
  static constexpr bool kAbsolute = kSearch.absolute;
  static constexpr float kFirst = kSearch.first, kIncrement = kSearch.increment;
  static constexpr int kSteps = kSearch.steps;
  static constexpr float kHighest = CodeEnds<M>::kHigh, kHighestNumber = ScaleEnds<M>::kHigh;
  static constexpr int kGroup = family_of(M).most_block;

  struct Line {
    float step, minimum;
  };

  // The weights of one group, the weights of their errors, and the best line so far.
  class Group {
   public:
    __device__ Group(const float* weights, int size, std::uint8_t* out)
        : x(weights), count(size), codes(out) {}

    __device__ Line run() {
      weigh();
      float low = x[0];
      high = x[0];
      for (int i = 1; i < count; ++i) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
      }
      best = {0, low < 0 ? low : 0};
      for (int i = 0; i < count; ++i) codes[i] = 0;
      if (high == best.minimum) return best;
      const float per_step = kHighest / (high - best.minimum);
      best.step = 1 / per_step;
      take_codes(per_step);
      least_error = error(best);
      write_codes();
      for (int i = 0; i <= kSteps; ++i) try_candidate(static_cast<float>(i));
      return best;
    }

   private:
    __device__ void weigh() {
      float squares = 0;
      for (int i = 0; i < count; ++i) squares += x[i] * x[i];
      const float rms = kRms ? __fsqrt_rn(__fdiv_rn(squares, static_cast<float>(count))) : 0.0f;
      for (int i = 0; i < count; ++i) {
        weight[i] = rms + fabsf(x[i]);
        sum_w += weight[i];
        sum_x += weight[i] * x[i];
      }
    }
    __device__ void take_codes(float per_step) {
      for (int i = 0; i < count; ++i)
        code[i] = nearest(per_step * (x[i] - best.minimum), 0, kHighest);
    }
    __device__ void write_codes() const {
      for (int i = 0; i < count; ++i) codes[i] = code_of(code[i]);
    }
    __device__ float error(const Line& line) const {
      float sum = 0;
      for (int i = 0; i < count; ++i) {
        const float d = line.step * code[i] + line.minimum - x[i];
        sum += weight[i] * (kAbsolute ? fabsf(d) : d * d);
      }
      return sum;
    }
    // The line of least squares for the codes; false where there is none.
    __device__ bool fit(Line& line) const {
      float l = 0, ll = 0, xl = 0;
      for (int i = 0; i < count; ++i) {
        const float wl = weight[i] * code[i];
        l += wl;
        ll += wl * code[i];
        xl += wl * x[i];
      }
      const float determinant = sum_w * ll - l * l;
      if (!(determinant > 0)) return false;
      line = {__fdiv_rn(sum_w * xl - sum_x * l, determinant),
              __fdiv_rn(ll * sum_x - l * xl, determinant)};
      if (line.minimum > 0) line = {__fdiv_rn(xl, ll), 0};
      return true;
    }
    __device__ void try_candidate(float i) {
      take_codes(__fdiv_rn(kFirst + kIncrement * i + kHighest, high - best.minimum));
      Line line;
      if (!fit(line)) return;
      const float now = error(line);
      if (!(now < least_error)) return;
      least_error = now;
      best = line;
      write_codes();
    }

    const float* x;
    int count;
    std::uint8_t* codes;
    float weight[kGroup], code[kGroup];
    float sum_w = 0, sum_x = 0, high = 0, least_error = 0;
    Line best = {0, 0};
  };

  // Numbers, none below 0, as integers up to the highest of their storage; returns the outer number.
  static __device__ float as_integers(const float* numbers, int count, float* out) {
    float most = 0;
    for (int g = 0; g < count; ++g) most = numbers[g] > most ? numbers[g] : most;
    const float per_unit = most > 0 ? __fdiv_rn(kHighestNumber, most) : 0;
    for (int g = 0; g < count; ++g) out[g] = nearest(per_unit * numbers[g], 0, kHighestNumber);
    return as_f16(__fdiv_rn(most, kHighestNumber));
  }

  template <class U>
  static __device__ void find(U& unit) {
    float steps[U::kMostGroups], depths[U::kMostGroups];
    const int groups = unit.groups();
    for (int g = 0; g < groups; ++g) {
      const Line line = Group(unit.group(g), unit.weights_of(g), unit.group_codes(g)).run();
      steps[g] = line.step;
      depths[g] = -line.minimum;
    }
    unit.outer_scale = as_integers(steps, groups, unit.scales);
    unit.outer_minimum = -as_integers(depths, groups, unit.minima);
    for (int g = 0; g < groups; ++g) {
      const float step = unit.outer_scale * unit.scales[g];
      const float minimum = unit.outer_minimum * unit.minima[g];
      if (step == 0) continue;  // the codes of the search stay
      for (int i = 0; i < unit.weights_of(g); ++i)
        unit.group_codes(g)[i] =
            code_of(nearest(__fdiv_rn(unit.group(g)[i] - minimum, step), 0, kHighest));
    }
  }
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
