// SPDX-License-Identifier: Apache-2.0
// CodeDescent and StepCandidates on a device: steps of groups of signed integers without a minimum,
// stored as integers under an outer scale.
#pragma once

#include "kernels/quantize/search_unit.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// Sums over a group, weighted by x^2: of x times its code, and of squared codes.
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

// The best step of one group, by either search; `codes` are those that it gives.
template <const Mode& M>
struct StepSearch {
  static constexpr float kLow = CodeEnds<M>::kLow, kHigh = CodeEnds<M>::kHigh;
  static constexpr bool kDescends = std::holds_alternative<CodeDescent>(M.quantizer.search);

  static constexpr int sweeps() {
    if constexpr (kDescends) return std::get<CodeDescent>(M.quantizer.search).sweeps;
    return 0;
  }
  static constexpr StepCandidates candidates() {
    if constexpr (!kDescends) return std::get<StepCandidates>(M.quantizer.search);
    return {};
  }
  static constexpr ZeroSteps zeros() {
    if constexpr (kDescends) return std::get<CodeDescent>(M.quantizer.search).zeros;
    return candidates().zeros;
  }
  static constexpr int kSweeps = sweeps(), kEachSide = candidates().each_side;
  static constexpr float kIncrement = candidates().increment;
  static constexpr float kLeast = zeros().least, kStored = static_cast<float>(zeros().stored);

  static __device__ StepMoments take_codes(const float* x, int count, float per_step,
                                           float* codes) {
    StepMoments sums;
    for (int i = 0; i < count; ++i) {
      codes[i] = nearest(per_step * x[i], kLow, kHigh);
      sums.add(x[i], codes[i]);
    }
    return sums;
  }

  // Moves each code in turn to the nearest by the best step for the others; true where one moved.
  static __device__ bool sweep(const float* x, int count, StepMoments& sums, float* codes) {
    bool moved = false;
    for (int i = 0; i < count; ++i) {
      StepMoments others = sums;
      others.take_off(x[i], codes[i]);
      if (!(others.x > 0)) continue;
      const float code = nearest(__fdiv_rn(x[i] * others.squares, others.x), kLow, kHigh);
      if (code == codes[i]) continue;
      others.add(x[i], code);
      if (!(others.squares > 0 &&
            others.x * others.x * sums.squares > sums.x * sums.x * others.squares))
        continue;
      codes[i] = code;
      sums = others;
      moved = true;
    }
    return moved;
  }

  static __device__ float descended(const float* x, int count, float most, float* codes) {
    StepMoments sums = take_codes(x, count, __fdiv_rn(kLow, most), codes);
    for (int i = 0; i < kSweeps && sweep(x, count, sums, codes); ++i) {
    }
    return sums.squares > 0 ? sums.step() : 0.0f;
  }

  template <int kGroup>
  static __device__ float best_of_candidates(const float* x, int count, float most, float* codes) {
    StepMoments sums = take_codes(x, count, __fdiv_rn(kLow, most), codes);
    float step = sums.squares != 0 ? sums.step() : 0.0f, best = step * sums.x;
    float tried[kGroup];
    for (int i = -kEachSide; i <= kEachSide; ++i) {
      if (i == 0) continue;
      const float lowest = -(-kLow + kIncrement * static_cast<float>(i));
      sums = take_codes(x, count, __fdiv_rn(lowest, most), tried);
      if (!(sums.squares > 0 && sums.x * sums.x > best * sums.squares)) continue;
      for (int j = 0; j < count; ++j) codes[j] = tried[j];
      step = sums.step();
      best = step * sums.x;
    }
    return step;
  }

  template <class U>
  static __device__ void find(U& unit) {
    float steps[U::kMostGroups], codes[U::kSize];
    for (int g = 0; g < unit.groups(); ++g) {
      const int count = unit.weights_of(g);
      const float* x = unit.group(g);
      for (int i = 0; i < count; ++i) codes[i] = kLow;
      const float most = largest(x, count);
      steps[g] = 0;
      if (!(fabsf(most) < kLeastMagnitude))
        steps[g] = kDescends ? descended(x, count, most, codes)
                             : best_of_candidates<U::kSize>(x, count, most, codes);
      for (int i = 0; i < count; ++i) unit.group_codes(g)[i] = code_of(codes[i]);
    }
    store(steps, unit);
  }

 private:
  // Steps as integers of the storage, the largest magnitude to the lowest, and the codes by them;
  // those of a step of 0 stay.
  template <class U>
  static __device__ void store(const float* steps, U& unit) {
    const float most = largest(steps, unit.groups());
    const bool none = fabsf(most) < kLeast;
    const float per_unit = none ? 0.0f : __fdiv_rn(ScaleEnds<M>::kLow, most);
    unit.outer_scale = none ? 0.0f : as_f16(__fdiv_rn(1.0f, per_unit));
    for (int g = 0; g < unit.groups(); ++g) {
      unit.scales[g] =
          none ? kStored : nearest(per_unit * steps[g], ScaleEnds<M>::kLow, ScaleEnds<M>::kHigh);
      const float step = unit.outer_scale * unit.scales[g];
      for (int i = 0; i < unit.weights_of(g); ++i) {
        if (none) unit.group_codes(g)[i] = code_of(kLow);
        if (step != 0)
          unit.group_codes(g)[i] = code_of(nearest(__fdiv_rn(unit.group(g)[i], step), kLow, kHigh));
      }
    }
  }
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
