// SPDX-License-Identifier: Apache-2.0
// CodeDescent and StepCandidates on a device find the steps of groups of signed integers without a
// minimum, which are stored as integers under an outer scale.
#pragma once

#include "kernels/quantize/search_group.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// Moments are sums over a group, weighted by x^2, of x times its code and of squared codes.
struct StepMoments {
  float x = 0, squares = 0;

  __device__ void add(float value, float code) {
    const float w = value * value;
    x += w * value * code;
    squares += w * code * code;
  }
  __device__ void take_off(float value, float code) {
    const float w = value * value;
    x -= w * value * code;
    squares -= w * code * code;
  }
  __device__ float step() const { return __fdiv_rn(x, squares); }
};

// StepSearch is what both searches share: how steps are stored. `Derived` has kZeros, and step_of()
// for a group whose weight of the largest magnitude is `most`.
template <const Mode& M, class Derived>
struct StepSearch {
  static constexpr float kLow = CodeEnds<M>::kLow, kHigh = CodeEnds<M>::kHigh;

  template <class X>
  static __device__ FoundNumbers search(const X& x, std::uint8_t* codes) {
    const float most = largest(x, x.count);
    if (!(fabsf(most) < kLeastMagnitude)) return {Derived::step_of(x, most, codes)};
    for (int i = 0; i < x.count; ++i) codes[i] = code_of(kLow);
    return {};
  }

  // The largest magnitude becomes the lowest integer.
  template <class X>
  static __device__ FoundNumbers numbers(const FoundUnit& unit, const X& x, std::uint8_t* codes) {
    constexpr float kLeast = Derived::kZeros.least;
    constexpr float kStored = static_cast<float>(Derived::kZeros.stored);
    const float most = largest(unit.scales, unit.groups);
    if (fabsf(most) < kLeast) {
      for (int i = 0; i < x.count; ++i) codes[i] = code_of(kLow);
      return {kStored};
    }
    const float per_unit = __fdiv_rn(ScaleEnds<M>::kLow, most);
    const float scale =
        nearest(per_unit * unit.scales[unit.own], ScaleEnds<M>::kLow, ScaleEnds<M>::kHigh);
    const float outer = as_f16(__fdiv_rn(1.0f, per_unit));
    if (outer * scale != 0) take_codes(x, 0, outer * scale, kLow, kHigh, codes);
    return {scale, 0, outer};
  }

  template <class X>
  static __device__ StepMoments moments(const X& x, float per_step) {
    StepMoments sums;
    for (int i = 0; i < x.count; ++i) sums.add(x[i], nearest(per_step * x[i], kLow, kHigh));
    return sums;
  }
  template <class X>
  static __device__ void write_codes(const X& x, float per_step, std::uint8_t* codes) {
    for (int i = 0; i < x.count; ++i) codes[i] = code_of(nearest(per_step * x[i], kLow, kHigh));
  }
};

template <const Mode& M>
struct CodeDescentSearch : StepSearch<M, CodeDescentSearch<M>> {
  using Base = StepSearch<M, CodeDescentSearch<M>>;
  static constexpr CodeDescent kSearch = std::get<CodeDescent>(M.quantizer.search);
  static constexpr ZeroSteps kZeros = kSearch.zeros;
  static constexpr int kSweeps = kSearch.sweeps;

  template <class X>
  static __device__ float step_of(const X& x, float most, std::uint8_t* codes) {
    const float per_step = __fdiv_rn(Base::kLow, most);
    Base::write_codes(x, per_step, codes);
    StepMoments sums = Base::moments(x, per_step);
    for (int i = 0; i < kSweeps && sweep(x, sums, codes); ++i) {
    }
    return sums.squares > 0 ? sums.step() : 0.0f;
  }

 private:
  // Moves each code in turn to the nearest by the best step for the others. Returns true where one
  // moved.
  template <class X>
  static __device__ bool sweep(const X& x, StepMoments& sums, std::uint8_t* codes) {
    bool moved = false;
    for (int i = 0; i < x.count; ++i) {
      const float value = x[i], before = static_cast<float>(static_cast<std::int8_t>(codes[i]));
      StepMoments others = sums;
      others.take_off(value, before);
      if (!(others.x > 0)) continue;
      const float code =
          nearest(__fdiv_rn(value * others.squares, others.x), Base::kLow, Base::kHigh);
      if (code == before) continue;
      others.add(value, code);
      if (!(others.squares > 0 &&
            others.x * others.x * sums.squares > sums.x * sums.x * others.squares))
        continue;
      codes[i] = code_of(code);
      sums = others;
      moved = true;
    }
    return moved;
  }
};

template <const Mode& M>
struct StepCandidatesSearch : StepSearch<M, StepCandidatesSearch<M>> {
  using Base = StepSearch<M, StepCandidatesSearch<M>>;
  static constexpr StepCandidates kSearch = std::get<StepCandidates>(M.quantizer.search);
  static constexpr ZeroSteps kZeros = kSearch.zeros;
  static constexpr int kEachSide = kSearch.each_side;
  static constexpr float kIncrement = kSearch.increment;

  template <class X>
  static __device__ float step_of(const X& x, float most, std::uint8_t* codes) {
    float best_per_step = __fdiv_rn(Base::kLow, most);
    StepMoments sums = Base::moments(x, best_per_step);
    float step = sums.squares != 0 ? sums.step() : 0.0f, best = step * sums.x;
    for (int i = -kEachSide; i <= kEachSide; ++i) {
      if (i == 0) continue;
      const float lowest = -(-Base::kLow + kIncrement * static_cast<float>(i));
      const float per_step = __fdiv_rn(lowest, most);
      sums = Base::moments(x, per_step);
      if (!(sums.squares > 0 && sums.x * sums.x > best * sums.squares)) continue;
      best_per_step = per_step;
      step = sums.step();
      best = step * sums.x;
    }
    Base::write_codes(x, best_per_step, codes);
    return step;
  }
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
