// SPDX-License-Identifier: Apache-2.0
// quantize by units, the plain rung of modes whose codes and numbers are found together or by a
// statistic in the order of the weights: a thread a group, then what they found is packed. Napkin:
// some 20 candidates of 20 operations a weight, one after the other: bound by issue.
#pragma once

#include "kernels/quantize/codebook_search.cuh"
#include "kernels/quantize/least_squares.cuh"
#include "kernels/quantize/nearest_level.cuh"
#include "kernels/quantize/quantize.cuh"
#include "kernels/quantize/step_search.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kUnitThreads = 64;

// FoundBytes is what threads find before it is packed: a byte a code, with one more for the pad of
// 4-bit codes, and a byte an integer of a group.
struct FoundBytes {
  std::uint8_t* codes;
  std::uint8_t* scales;
  std::uint8_t* minima;
};

template <const Mode& M>
constexpr auto finder_of() {
  constexpr Search kSearch = M.quantizer.search;
  if constexpr (std::holds_alternative<LeastSquares>(kSearch))
    return LeastSquaresSearch<M>();
  else if constexpr (std::holds_alternative<CodeDescent>(kSearch))
    return CodeDescentSearch<M>();
  else if constexpr (std::holds_alternative<StepCandidates>(kSearch))
    return StepCandidatesSearch<M>();
  else if constexpr (std::holds_alternative<CodebookCandidates>(kSearch))
    return CodebookSearch<M>();
  else if constexpr (std::holds_alternative<NearestLevel>(kSearch))
    return NearestLevelSearch<M>();
  else if constexpr (std::holds_alternative<SignAndMean>(kSearch))
    return SignAndMeanSearch();
  else
    return ExactStep<M>();
}

// UnitsOf says what units and groups a mode has, and how its groups are searched.
template <const Mode& M>
struct UnitsOf {
  using F = Of<M>;
  using Finder = decltype(finder_of<M>());
  static constexpr int kGroup = F::kMostBlock;  // weights
  static constexpr int kGroups = F::kGroupsAUnit;
  static constexpr int kUnitsABlock = kUnitThreads / kGroups;
  static_assert(kUnitThreads % kGroups == 0);

  static __host__ __device__ std::int64_t per_row(const QuantizedView& q) {
    return (F::Groups::per_row(q) + kGroups - 1) / kGroups;
  }

  // Makes the numbers of a group, as they are stored, of what the threads of its unit found.
  template <class X>
  static __device__ FoundNumbers numbers(const FoundUnit& unit, const X& x, std::uint8_t* codes) {
    if constexpr (requires { Finder::numbers(unit, x, codes); })
      return Finder::numbers(unit, x, codes);
    else
      return {unit.scales[unit.own], unit.minima[unit.own]};
  }
  // Stores the numbers of group g, which is the `own`th of the unit.
  static __device__ void store(const FoundNumbers& numbers, const QuantizedView& q,
                               const FoundBytes& found, std::int64_t g, std::int64_t unit,
                               int own) {
    if constexpr (F::kOuter == Outer::units) {
      found.scales[g] = code_of(numbers.scale);
      if constexpr (F::kHasMinimum) found.minima[g] = code_of(numbers.minimum);
      if (own != 0) return;
      reinterpret_cast<__half*>(q.outer)[unit] = from_f32<__half>(numbers.outer_scale);
      if constexpr (F::kHasMinimum)
        reinterpret_cast<__half*>(q.zeros_outer)[unit] = from_f32<__half>(numbers.outer_minimum);
    } else {
      F::Storage::store(q.scales, g, numbers.scale);
      if constexpr (F::kHasMinimum) PlainStorage<__half>::store(q.zeros, g, numbers.minimum);
    }
  }
  static __device__ std::uint8_t pad(const FoundNumbers& last) {
    if constexpr (requires { Finder::pad(last); })
      return Finder::pad(last);
    else
      return 0;
  }
};

template <class Mode>
struct UnitsFor;
template <const Mode& M>
struct UnitsFor<Of<M>> {
  using Type = UnitsOf<M>;
};

// Grid: kUnitsABlock units a block, a thread a group.
template <class Units, class T>
__global__ void __launch_bounds__(kUnitThreads)
    find_units(const T* __restrict__ weights, QuantizedView q, FoundBytes found,
               std::int64_t units) {
  using Groups = typename Units::F::Groups;
  QBENCH_SHARED(float[kUnitThreads], scales);
  QBENCH_SHARED(float[kUnitThreads], minima);
  const int own = static_cast<int>(threadIdx.x) % Units::kGroups;
  const int first_thread = static_cast<int>(threadIdx.x) - own;
  const std::int64_t unit =
      static_cast<std::int64_t>(blockIdx.x) * Units::kUnitsABlock + threadIdx.x / Units::kGroups;
  const std::int64_t row = unit / Units::per_row(q);
  const std::int64_t first_group = (unit - row * Units::per_row(q)) * Units::kGroups;
  const std::int64_t a_row = Groups::per_row(q), g = row * a_row + first_group + own;
  const bool has_group = unit < units && first_group + own < a_row;
  const std::int64_t first = has_group ? Groups::begin(q, g) : 0;
  const int count = has_group ? static_cast<int>(Groups::end(q, g) - first) : 0;
  const GroupWeights<T> x = {weights + first, count};
  std::uint8_t* const codes = found.codes + first;
  if (has_group) {
    const FoundNumbers searched = Units::Finder::search(x, codes);
    scales[threadIdx.x] = searched.scale;
    minima[threadIdx.x] = searched.minimum;
  }
  __syncthreads();
  if (!has_group) return;
  const int groups =
      static_cast<int>(min(static_cast<std::int64_t>(Units::kGroups), a_row - first_group));
  const FoundNumbers numbers = Units::numbers(
      FoundUnit{scales + first_thread, minima + first_thread, groups, own}, x, codes);
  Units::store(numbers, q, found, g, unit, own);
  if (first + count == q.rows * q.cols) codes[count] = Units::pad(numbers);
}

// Packs `count` numbers of a byte each into a plane of `bytes`; what ends the last byte is 0. Grid:
// a thread a unit of codes (packing.cuh).
template <int kBits, Packing kPacking>
__global__ void __launch_bounds__(kQuantizeThreads)
    pack_bytes(const std::uint8_t* __restrict__ numbers, std::uint8_t* plane, std::int64_t count,
               std::int64_t bytes) {
  constexpr unsigned kMask = (1u << kBits) - 1;
  const std::int64_t unit = static_cast<std::int64_t>(blockIdx.x) * kQuantizeThreads + threadIdx.x;
  if (unit * Unit<kBits, kPacking>::kBytes >= bytes) return;
  pack_unit<kBits, kPacking>(plane, unit, bytes, [&](std::int64_t i) -> unsigned {
    return i < count ? numbers[i] & kMask : 0;
  });
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
