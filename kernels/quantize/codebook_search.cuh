// SPDX-License-Identifier: Apache-2.0
// CodebookCandidates on a device finds the scales of groups whose codes are those of a codebook.
#pragma once

#include "kernels/quantize/search_group.cuh"

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

  // Returns the code of the nearest level, of two the higher. Levels are whole numbers, so their
  // midpoints are exact.
  static __device__ unsigned code(float x) {
    unsigned code = 0;
    for (int i = 0; i + 1 < kLevels; ++i)
      code += x >= (kValues<M>.at[i] + kValues<M>.at[i + 1]) * 0.5f ? 1 : 0;
    return code;
  }
  template <class X>
  static __device__ Moments moments(const X& x, float per_scale) {
    Moments sums;
    for (int i = 0; i < x.count; ++i) {
      const float value = x[i], w = value * value, level = kValues<M>.at[code(per_scale * value)];
      sums.x += w * level * value;
      sums.squares += w * level * level;
    }
    return sums;
  }

  template <class X>
  static __device__ FoundNumbers search(const X& x, std::uint8_t*) {
    const float most = largest(x, x.count);
    if (fabsf(most) < kLeastMagnitude) return {};
    Moments sums = moments(x, __fdiv_rn(1.0f, __fdiv_rn(-most, kLowest)));
    float scale = sums.scale(), best = scale * sums.x;
    for (int i = -kEachSide; i <= kEachSide; ++i) {
      sums = moments(x, __fdiv_rn(static_cast<float>(i) + kLowest, most));
      if (!(sums.squares > 0 && sums.x * sums.x > best * sums.squares)) continue;
      scale = sums.scale();
      best = scale * sums.x;
    }
    return {scale == scale ? scale : 0};  // NaN is what sums beyond f32 give
  }

  template <class X>
  static __device__ FoundNumbers numbers(const FoundUnit& unit, const X& x, std::uint8_t* codes) {
    FoundNumbers out = {unit.scales[unit.own]};
    float scale = out.scale;
    if constexpr (kUnderOuter) {
      const float outer = __fdiv_rn(largest(unit.scales, unit.groups), ScaleEnds<M>::kLow);
      const float per_unit = outer != 0 ? __fdiv_rn(1.0f, outer) : 0;
      out.scale = nearest(per_unit * scale, ScaleEnds<M>::kLow, ScaleEnds<M>::kHigh);
      out.outer_scale = as_f16(outer);
      scale = outer * out.scale;
    }
    const float per_scale = scale != 0 ? __fdiv_rn(1.0f, scale) : 0;
    for (int i = 0; i < x.count; ++i) codes[i] = static_cast<std::uint8_t>(code(per_scale * x[i]));
    return out;
  }
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
