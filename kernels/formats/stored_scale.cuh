// SPDX-License-Identifier: Apache-2.0
// StoredScale: the scale of a group in two steps, for kernels that load what is stored a round
// before they decode it. Tensor-core kernels do, and so it has neither minima nor scales of units.
#pragma once

#include "kernels/formats/of.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// What all groups of a matrix have in common.
template <class Mode>
struct WholeScales {
  float outer = 0, offset = 0;

  __device__ explicit WholeScales(const QuantizedView& q) {
    if constexpr (Mode::kOuter == Outer::tensor) outer = *q.outer;
    if constexpr (Mode::kOuter == Outer::blocks_less_mean) offset = *q.offset;
  }
};

template <class Mode>
struct StoredScale {
  static_assert(!Mode::kHasMinimum && Mode::kOuter != Outer::units);
  using Inner = typename Mode::Storage::Stored;

  Inner inner;
  float outer;
  std::uint8_t zero;

  static __device__ __forceinline__ StoredScale load(const QuantizedView& q, unsigned g) {
    StoredScale held{reinterpret_cast<const Inner*>(q.scales)[g], 0, 0};
    if constexpr (Mode::kOuter == Outer::blocks_less_mean) held.outer = q.outer[g / 256];
    if constexpr (Mode::kHasZero)
      held.zero = static_cast<std::uint8_t>(bits_at<Mode::kZeroBits>(q.zeros, g));
    return held;
  }
  // Brings what load() reads of a group, and of those beside it, to L2.
  static __device__ __forceinline__ void prefetch(const QuantizedView& q, unsigned g) {
    ptx::prefetch_l2(reinterpret_cast<const Inner*>(q.scales) + g);
    if constexpr (Mode::kHasZero) ptx::prefetch_l2(q.zeros + g / 8 * Mode::kZeroBits);
  }
  // The same as Mode::group(q, g).
  __device__ __forceinline__ GroupScale decoded(const QuantizedView& q,
                                                const WholeScales<Mode>& whole) const {
    float number;
    if constexpr (Mode::kMapped)
      number = q.scale_map[inner];
    else
      number = Mode::Storage::value(inner);
    const float over = Mode::kOuter == Outer::tensor ? whole.outer : outer;
    return {Mode::under(number, over, whole.offset), static_cast<float>(zero)};
  }
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
