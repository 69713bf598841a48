// SPDX-License-Identifier: Apache-2.0
// quantize by units, the plain rung of modes whose codes and numbers are found together or by a
// statistic in the order of the weights: a thread a unit finds them, then they are packed. Napkin:
// some 20 candidates of 20 operations a weight in one thread: bound by latency.
#pragma once

#include "kernels/quantize/codebook_search.cuh"
#include "kernels/quantize/least_squares.cuh"
#include "kernels/quantize/nearest_level.cuh"
#include "kernels/quantize/quantize.cuh"
#include "kernels/quantize/step_search.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kUnitThreads = 64;

// What the threads find before it is packed: a byte a code, with one more for the pad of 4-bit
// codes, and a byte an integer of a group.
struct FoundBytes {
  std::uint8_t* codes;
  std::uint8_t* scales;
  std::uint8_t* minima;
};

template <const Mode& M>
constexpr auto search_of() {
  constexpr Search kSearch = M.quantizer.search;
  if constexpr (std::holds_alternative<LeastSquares>(kSearch))
    return LeastSquaresSearch<M>();
  else if constexpr (std::holds_alternative<CodebookCandidates>(kSearch))
    return CodebookSearch<M>();
  else if constexpr (std::holds_alternative<NearestLevel>(kSearch))
    return NearestLevelSearch<M>();
  else if constexpr (std::holds_alternative<SignAndMean>(kSearch))
    return SignAndMeanSearch();
  else if constexpr (std::holds_alternative<std::monostate>(kSearch))
    return ExactStep<M>();
  else
    return StepSearch<M>();
}

template <const Mode& M>
struct UnitsOf {
  using Search = decltype(search_of<M>());
  using Mode = Of<M>;
  static constexpr int kGroup = Mode::kMostBlock, kGroups = Mode::kGroupsAUnit;
  static constexpr bool kExact = std::is_same_v<Search, ExactStep<M>>;  // NaN is passed over

  static __host__ __device__ std::int64_t per_row(const QuantizedView& q) {
    return (Mode::Groups::per_row(q) + kGroups - 1) / kGroups;
  }

  template <class T>
  static __device__ void find(const T* weights, const QuantizedView& q, const FoundBytes& found,
                              std::int64_t unit) {
    const std::int64_t row = unit / per_row(q), in_row = unit - row * per_row(q);
    const std::int64_t first = row * q.cols + in_row * kGroup * kGroups;
    SearchUnit<kGroup, kGroups> out;
    out.count = static_cast<int>(
        min(static_cast<std::int64_t>(kGroup * kGroups), (row + 1) * q.cols - first));
    out.codes = found.codes + first;
    for (int i = 0; i < out.count; ++i) {
      const float w = to_f32(weights[first + i]);
      out.x[i] = kExact || w == w ? w : 0.0f;
    }
    Search::find(out);
    store(out, q, found, row * Mode::Groups::per_row(q) + in_row * kGroups, unit);
    if (first + out.count == q.rows * q.cols) out.codes[out.count] = pad(out);
  }

 private:
  template <class U>
  static __device__ std::uint8_t pad(const U& out) {
    if constexpr (kExact)
      return static_cast<std::uint8_t>(Search::pad(out));
    else
      return 0;
  }
  template <class U>
  static __device__ void store(const U& out, const QuantizedView& q, const FoundBytes& found,
                               std::int64_t first_group, std::int64_t unit) {
    if constexpr (Mode::kOuter == Outer::units) {
      for (int g = 0; g < out.groups(); ++g) {
        found.scales[first_group + g] = code_of(out.scales[g]);
        if constexpr (Mode::kHasMinimum) found.minima[first_group + g] = code_of(out.minima[g]);
      }
      reinterpret_cast<__half*>(q.outer)[unit] = from_f32<__half>(out.outer_scale);
      if constexpr (Mode::kHasMinimum)
        reinterpret_cast<__half*>(q.zeros_outer)[unit] = from_f32<__half>(out.outer_minimum);
    } else {
      Mode::Storage::store(q.scales, first_group, out.scales[0]);
      if constexpr (Mode::kHasMinimum)
        PlainStorage<__half>::store(q.zeros, first_group, out.minima[0]);
    }
  }
};

template <class Mode>
struct UnitsFor;
template <const Mode& M>
struct UnitsFor<Of<M>> {
  using Type = UnitsOf<M>;
};

// Grid: a thread a unit.
template <class Units, class T>
__global__ void __launch_bounds__(kUnitThreads)
    find_units(const T* __restrict__ weights, QuantizedView q, FoundBytes found,
               std::int64_t units) {
  const std::int64_t unit = static_cast<std::int64_t>(blockIdx.x) * kUnitThreads + threadIdx.x;
  if (unit < units) Units::find(weights, q, found, unit);
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
