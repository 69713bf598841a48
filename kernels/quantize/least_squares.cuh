// SPDX-License-Identifier: Apache-2.0
// LeastSquares on a device fits lines to the weights of groups; their steps and minima become small
// integers.
#pragma once

#include "kernels/quantize/search_group.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

template <const Mode& M>
struct LeastSquaresSearch {
  static constexpr LeastSquares kSearch = std::get<LeastSquares>(M.quantizer.search);
  static constexpr bool kRms = kSearch.weight == LeastSquares::Weight::magnitude_and_rms;
  static constexpr bool kAbsolute = kSearch.absolute;
  static constexpr float kFirst = kSearch.first, kIncrement = kSearch.increment;
  static constexpr int kSteps = kSearch.steps;
  static constexpr float kHighest = CodeEnds<M>::kHigh, kHighestNumber = ScaleEnds<M>::kHigh;

  struct Line {
    float step, minimum;
  };
  // The codes of a candidate are found by its step and the minimum of the best before it.
  struct Codes {
    float per_step, minimum;
    __device__ __forceinline__ float of(float x) const {
      return nearest(per_step * (x - minimum), 0, kHighest);
    }
  };

  // A Group holds what all candidates need of the weights.
  template <class X>
  struct Group {
    const X& x;
    float rms = 0, sum_w = 0, sum_x = 0, low = 0, high = 0;

    __device__ explicit Group(const X& weights) : x(weights), low(weights[0]), high(weights[0]) {
      float squares = 0;
      for (int i = 0; i < x.count; ++i) squares += x[i] * x[i];
      if (kRms) rms = __fsqrt_rn(__fdiv_rn(squares, static_cast<float>(x.count)));
      for (int i = 0; i < x.count; ++i) {
        const float value = x[i], w = weight(value);
        sum_w += w;
        sum_x += w * value;
        low = value < low ? value : low;
        high = value > high ? value : high;
      }
    }
    __device__ __forceinline__ float weight(float value) const { return rms + fabsf(value); }

    __device__ float error(const Line& line, const Codes& codes) const {
      float sum = 0;
      for (int i = 0; i < x.count; ++i) {
        const float value = x[i], d = line.step * codes.of(value) + line.minimum - value;
        sum += weight(value) * (kAbsolute ? fabsf(d) : d * d);
      }
      return sum;
    }
    // Finds the line of least squares for the codes. Returns false where there is none.
    __device__ bool fit(const Codes& codes, Line& line) const {
      float l = 0, ll = 0, xl = 0;
      for (int i = 0; i < x.count; ++i) {
        const float value = x[i], code = codes.of(value), wl = weight(value) * code;
        l += wl;
        ll += wl * code;
        xl += wl * value;
      }
      const float determinant = sum_w * ll - l * l;
      if (!(determinant > 0)) return false;
      line = {__fdiv_rn(sum_w * xl - sum_x * l, determinant),
              __fdiv_rn(ll * sum_x - l * xl, determinant)};
      if (line.minimum > 0) line = {__fdiv_rn(xl, ll), 0};
      return true;
    }
  };

  template <class X>
  static __device__ FoundNumbers search(const X& x, std::uint8_t* codes) {
    const Group<X> group(x);
    Line best = {0, group.low < 0 ? group.low : 0};
    Codes best_codes = {0, best.minimum};
    if (group.high != best.minimum) {
      best_codes.per_step = __fdiv_rn(kHighest, group.high - best.minimum);
      best.step = __fdiv_rn(1.0f, best_codes.per_step);
      float least = group.error(best, best_codes);
      for (int i = 0; i <= kSteps; ++i) {
        const float steps = kFirst + kIncrement * static_cast<float>(i) + kHighest;
        const Codes tried = {__fdiv_rn(steps, group.high - best.minimum), best.minimum};
        Line line;
        if (!group.fit(tried, line)) continue;
        const float now = group.error(line, tried);
        if (!(now < least)) continue;
        least = now;
        best = line;
        best_codes = tried;
      }
    }
    for (int i = 0; i < x.count; ++i) codes[i] = code_of(best_codes.of(x[i]));
    return {best.step, -best.minimum};
  }

  // Returns the largest of numbers, none of which is below 0.
  static __device__ float most_of(const float* numbers, int count) {
    float most = 0;
    for (int g = 0; g < count; ++g) most = numbers[g] > most ? numbers[g] : most;
    return most;
  }
  static __device__ float as_integer(float number, float most) {
    return nearest((most > 0 ? __fdiv_rn(kHighestNumber, most) : 0) * number, 0, kHighestNumber);
  }
  template <class X>
  static __device__ FoundNumbers numbers(const FoundUnit& unit, const X& x, std::uint8_t* codes) {
    const float scale = most_of(unit.scales, unit.groups);
    const float depth = most_of(unit.minima, unit.groups);
    const FoundNumbers out = {
        as_integer(unit.scales[unit.own], scale), as_integer(unit.minima[unit.own], depth),
        as_f16(__fdiv_rn(scale, kHighestNumber)), -as_f16(__fdiv_rn(depth, kHighestNumber))};
    const float step = out.outer_scale * out.scale;  // where it is 0, codes stay
    if (step != 0) take_codes(x, out.outer_minimum * out.minimum, step, 0, kHighest, codes);
    return out;
  }
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
