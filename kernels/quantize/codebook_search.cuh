// SPDX-License-Identifier: Apache-2.0
// CodebookCandidates on a device: scales of groups whose codes are those of a codebook.
#pragma once

#include "kernels/quantize/search_unit.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

template <const Mode& M>
struct CodebookSearch {
  static constexpr int kLevels = Constants<M>::kCodes;
  static constexpr int kEachSide = std::get<CodebookCandidates>(M.quantizer.search).each_side;
  static constexpr bool kUnderOuter = M.format.scale.outer.has_value();
  static constexpr float kLowest = Constants<M>::values().at[0];

  struct Moments {
    float x = 0, squares = 0;
    __device__ float scale() const { return __fdiv_rn(x, squares); }
  };

  // Of the nearest level, ties to the higher; levels are whole numbers, so midpoints are exact.
  static __device__ unsigned code(float x) {
    unsigned code = 0;
    for (int i = 0; i + 1 < kLevels; ++i)
      code += x >= (kValues<M>.at[i] + kValues<M>.at[i + 1]) * 0.5f ? 1 : 0;
    return code;
  }
  static __device__ Moments moments(const float* x, int count, float per_scale) {
    Moments sums;
    for (int i = 0; i < count; ++i) {
      const float w = x[i] * x[i], level = kValues<M>.at[code(per_scale * x[i])];
      sums.x += w * level * x[i];
      sums.squares += w * level * level;
    }
    return sums;
  }
  static __device__ float best_scale(const float* x, int count) {
    const float most = largest(x, count);
    if (fabsf(most) < kLeastMagnitude) return 0;
    Moments sums = moments(x, count, __fdiv_rn(1.0f, __fdiv_rn(-most, kLowest)));
    float scale = sums.scale(), best = scale * sums.x;
    for (int i = -kEachSide; i <= kEachSide; ++i) {
      sums = moments(x, count, __fdiv_rn(static_cast<float>(i) + kLowest, most));
      if (!(sums.squares > 0 && sums.x * sums.x > best * sums.squares)) continue;
      scale = sums.scale();
      best = scale * sums.x;
    }
    return scale == scale ? scale : 0;  // NaN is what sums beyond f32 give
  }
  template <class U>
  static __device__ void take_codes(float scale, int g, U& unit) {
    const float per_scale = scale != 0 ? __fdiv_rn(1.0f, scale) : 0;
    for (int i = 0; i < unit.weights_of(g); ++i)
      unit.group_codes(g)[i] = static_cast<std::uint8_t>(code(per_scale * unit.group(g)[i]));
  }

  template <class U>
  static __device__ void find(U& unit) {
    if constexpr (kUnderOuter) {
      float scales[U::kMostGroups];
      for (int g = 0; g < unit.groups(); ++g)
        scales[g] = best_scale(unit.group(g), unit.weights_of(g));
      const float outer = __fdiv_rn(largest(scales, unit.groups()), ScaleEnds<M>::kLow);
      const float per_unit = outer != 0 ? __fdiv_rn(1.0f, outer) : 0;
      unit.outer_scale = as_f16(outer);
      for (int g = 0; g < unit.groups(); ++g) {
        unit.scales[g] = nearest(per_unit * scales[g], ScaleEnds<M>::kLow, ScaleEnds<M>::kHigh);
        take_codes(outer * unit.scales[g], g, unit);
      }
    } else {
      unit.scales[0] = best_scale(unit.x, unit.count);
      take_codes(unit.scales[0], 0, unit);
    }
  }
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
