// SPDX-License-Identifier: Apache-2.0
// StoredScale: the scale of a group in two steps, for kernels that load what is stored a round
// before they decode it.
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

// A group, and its unit where a few groups of a row are one (Outer::units).
struct GroupPlace {
  unsigned group, unit;
};

// True of numbers in a stream of bits.
template <class Storage>
constexpr bool kInBits = requires {
  Storage::kWidth;
};

template <class Storage>
__device__ __forceinline__ typename Storage::Stored stored_at(const std::uint8_t* numbers,
                                                              unsigned g) {
  if constexpr (kInBits<Storage>)
    return Storage::held(numbers, g);
  else
    return reinterpret_cast<const typename Storage::Stored*>(numbers)[g];
}

// Members that the mode does not have are never read.
template <class Mode>
struct StoredScale {
  using Storage = typename Mode::Storage;
  using ZeroStorage = typename Mode::ZeroStorage;
  static constexpr bool kUnits = Mode::kOuter == Outer::units;
  static constexpr bool kZero = Mode::kHasZero || Mode::kHasMinimum;

  typename Storage::Stored inner;
  typename ZeroStorage::Stored zero;
  float outer;             // of 256 groups
  __half unit, zero_unit;  // what the unit multiplies its scales and its minima by

  static __device__ __forceinline__ StoredScale load(const QuantizedView& q, GroupPlace at) {
    StoredScale held;
    held.inner = stored_at<Storage>(q.scales, at.group);
    if constexpr (Mode::kOuter == Outer::blocks_less_mean) held.outer = q.outer[at.group / 256];
    if constexpr (kZero) held.zero = stored_at<ZeroStorage>(q.zeros, at.group);
    if constexpr (kUnits) held.unit = halves(q.outer)[at.unit];
    if constexpr (kUnits && Mode::kHasMinimum) held.zero_unit = halves(q.zeros_outer)[at.unit];
    return held;
  }
  // Brings what load() reads of a group, and of those beside it, to L2; outer scales of 256 groups
  // are there in any case.
  static __device__ __forceinline__ void prefetch(const QuantizedView& q, GroupPlace at) {
    prefetch_number<Storage>(q.scales, at.group);
    if constexpr (kZero) prefetch_number<ZeroStorage>(q.zeros, at.group);
    if constexpr (kUnits) ptx::prefetch_l2(halves(q.outer) + at.unit);
    if constexpr (kUnits && Mode::kHasMinimum) ptx::prefetch_l2(halves(q.zeros_outer) + at.unit);
  }
  // The same as Mode::group(q, g); where zeros are apart, `zero` is what a code of 0 stands for.
  __device__ __forceinline__ GroupScale decoded(const QuantizedView& q,
                                                const WholeScales<Mode>& whole) const {
    float number;
    if constexpr (Mode::kMapped)
      number = q.scale_map[inner];
    else
      number = Storage::value(inner);
    GroupScale out;
    if constexpr (kUnits)
      out.factor = __fmul_rn(number, to_f32(unit));
    else
      out.factor =
          Mode::under(number, Mode::kOuter == Outer::tensor ? whole.outer : outer, whole.offset);
    if constexpr (kZero) out.zero = ZeroStorage::value(zero);
    if constexpr (kUnits && Mode::kHasMinimum) out.zero = __fmul_rn(out.zero, to_f32(zero_unit));
    if constexpr (Mode::kRealZero) out.zero = __fmul_rn(-out.zero, out.factor);
    return out;
  }

 private:
  static __device__ __forceinline__ const __half* halves(const void* numbers) {
    return static_cast<const __half*>(numbers);
  }
  // In a stream of bits, eight numbers begin with a byte.
  template <class Kept>
  static __device__ __forceinline__ void prefetch_number(const std::uint8_t* numbers, unsigned g) {
    if constexpr (kInBits<Kept>)
      ptx::prefetch_l2(numbers + g / 8 * Kept::kWidth);
    else
      ptx::prefetch_l2(reinterpret_cast<const typename Kept::Stored*>(numbers) + g);
  }
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
