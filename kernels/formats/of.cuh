// SPDX-License-Identifier: Apache-2.0
// Of<M>: a mode as kernels are compiled for it. Its parts are chosen by the description at compile
// time; each reads its own fields:
//
//   Codec    Format::codec, Quantizer::rounding and thresholds   values of codes, codes of weights
//   Storage  Format::scale.storage                               bytes of scales
//   Groups   Format::granularity                                 which weights share a scale
//   CodeUnit Format::bits and packing                            codes in bytes
//
// The rest, zero points, outer scales and the rules of the Quantizer, is in Of itself. Bytes equal
// the reference's. A weight is
//
//   weight(value(code), group(q, g))
//
// and quantizing is store() for every group, then the outer scales, then encode(). For tensor cores
// (fragments.cuh), which multiply by the group's factor at the end, values are multiplied by
// kGain<T> and rounded to T.
#pragma once

#include <type_traits>

#include "kernels/formats/family.h"
#include "kernels/formats/groups.cuh"
#include "kernels/formats/packing.cuh"
#include "kernels/formats/scale.cuh"
#include "kernels/formats/traits.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// The scale and the zero point or the minimum of a group: weights are (value - zero) * factor,
// divided by qmax, or value * factor + zero.
struct GroupScale {
  float factor = 0;
  float zero = 0;
};

template <const Mode& M>
struct Of {
  using Codec = CodecOf<M>;
  using Groups = GroupsOf<M.format.granularity, M.format.tile_rows>;
  using Storage = decltype(storage_of<M>());
  using ZeroStorage = decltype(zero_storage_of<M>());  // of zero points and minima
  using CodeUnit = Unit<M.format.bits, M.format.packing>;

  static constexpr int kBits = M.format.bits;
  static constexpr Packing kPacking = M.format.packing;
  static constexpr bool kHighFirst = kPacking == Packing::high_first;
  static constexpr bool kHasZero = M.format.zero == Zero::point;
  static constexpr bool kRealZero =
      kHasZero && std::holds_alternative<Plain>(M.format.zero_number.storage.codec);
  // The width of zero points that are integers; 8 where there are none.
  static constexpr int kZeroBits = kHasZero && !kRealZero ? M.format.zero_number.storage.bits : 8;
  static constexpr bool kHasMinimum = M.format.zero == Zero::minimum;
  // Tensor cores then multiply codes as they are by x, and what a code of 0 stands for by the sum
  // of x: it cannot be taken off the codes exactly.
  static constexpr bool kZeroApart = M.format.zero_is_apart();
  // True where gemv-mma decodes by a table: 4-bit codes that are no integers.
  static constexpr bool kByTable =
      M.format.bits == 4 && !std::holds_alternative<Integers>(M.format.codec);
  static constexpr bool kZerosUnderZero = M.quantizer.zeros_under_zero;
  static constexpr Outer kOuter = outer_of<M>();
  static constexpr int kGroupsAUnit = groups_a_unit(M);
  static constexpr int kScaleBits = M.format.scale.storage.bits;
  static constexpr bool kFlush = M.quantizer.flush_subnormals;
  static constexpr bool kFromExact = M.quantizer.codes_from == CodesFrom::exact_scale;
  static constexpr bool kPowerOfTwo = std::is_same_v<Storage, PowerOfTwoStorage<M>>;
  static constexpr bool kMapped = std::is_same_v<Storage, DynamicMapStorage>;
  static constexpr Rule kRule = M.quantizer.rule;
  static constexpr Dtype kThrough = M.quantizer.weights_through;
  static constexpr Statistic kStatistic = M.quantizer.statistic;
  static constexpr bool kZeroIsOne = M.quantizer.zero_step_is_one;
  static constexpr float kFormatQmax = M.format.qmax;
  static constexpr float kDivisor = M.quantizer.qmax / M.format.qmax;  // statistic to scale
  static constexpr float kQmax = M.quantizer.qmax, kOuterQmax = M.quantizer.outer.qmax;
  static constexpr bool kInTurn = M.quantizer.outer.in_turn;
  static constexpr float kLeastStored = M.quantizer.least_stored;
  static constexpr float kHighestZero = static_cast<float>((1 << kZeroBits) - 1);
  static constexpr bool kWide = family_of(M).wide;
  static constexpr bool kClips = std::holds_alternative<Clipping>(M.quantizer.search);
  static constexpr bool kTernaryMeans = std::holds_alternative<TernaryMeans>(M.quantizer.search);
  static constexpr bool kMeans = kTernaryMeans || kStatistic == Statistic::mean_abs;
  static constexpr bool kHasCandidates =
      std::holds_alternative<ScaleCandidates>(M.quantizer.search);
  static constexpr ScaleCandidates kCandidates = search_of<M, ScaleCandidates>();
  static constexpr float kLeast = M.quantizer.least;
  static constexpr float kClippingGrid = search_of<M, Clipping>().grid;
  static constexpr float kMeanThreshold = search_of<M, TernaryMeans>().threshold;
  static constexpr int kRefinements = search_of<M, TernaryMeans>().refinements;
  static constexpr int kLeastBlock = family_of(M).least_block;
  static constexpr int kMostBlock = family_of(M).most_block;

  template <class T>
  static constexpr float kGain = [] {
    if constexpr (!std::holds_alternative<Codebook>(M.format.codec))
      return 1.0f;
    else {
      constexpr Codebook kBook = std::get<Codebook>(M.format.codec);
      return std::is_same_v<T, __half> ? kBook.gain.fp16 : kBook.gain.bf16;
    }
  }();
  // Columns with an activation of this magnitude or above are kept as they are: LLM.int8() only.
  static constexpr float kOutlierThreshold =
      M.format.activations ? M.format.activations->outlier_threshold : 0.0f;
  // The relative error of a level that is rounded to T, in units of the roundoff of T.
  static constexpr double kRoundoffs = exact_in_16_bits<M>() ? 0 : 0.5;

  static __device__ __forceinline__ float value(unsigned code) { return Codec::value(code); }

  // A weight in the type that it passes through, f32 again.
  static __device__ __forceinline__ float through(float w) {
    if constexpr (kThrough == Dtype::fp16) return __half2float(__float2half_rn(w));
    return w;
  }
  // A weight as it enters its statistic and its code. No number of fp16 is a subnormal of f32.
  static __device__ __forceinline__ float as_taken(float w) {
    return kFlush && kThrough != Dtype::fp16 ? flushed(w) : through(w);
  }

  // --- Scales

  // A scale under its outer one.
  static __device__ __forceinline__ float under(float inner, float outer, float offset) {
    if constexpr (kOuter == Outer::tensor) return __fmul_rn(inner, outer);
    if constexpr (kOuter == Outer::blocks_less_mean)
      return __fadd_rn(__fmul_rn(inner, outer), offset);
    return inner;
  }
  static __device__ __forceinline__ float inner_scale(const QuantizedView& q, std::int64_t g) {
    if constexpr (kMapped)
      return q.scale_map[q.scales[g]];
    else
      return Storage::load(q.scales, g);
  }
  // The scale that weights are decoded with, outer scales included.
  static __device__ __forceinline__ float scale(const QuantizedView& q, std::int64_t g) {
    const float inner = inner_scale(q, g);
    if constexpr (kOuter == Outer::tensor) return under(inner, *q.outer, 0);
    if constexpr (kOuter == Outer::blocks_less_mean)
      return under(inner, q.outer[g / 256], *q.offset);
    if constexpr (kOuter == Outer::units) return __fmul_rn(inner, of_unit(q.outer, q, g));
    return inner;
  }
  static __device__ __forceinline__ GroupScale group(const QuantizedView& q, std::int64_t g) {
    if constexpr (kHasMinimum)
      return {scale(q, g), minimum(q, g)};
    else
      return {scale(q, g), zero_point(q, g)};
  }
  static __device__ __forceinline__ float weight(float value, GroupScale scale) {
    const float moved = kHasZero ? __fsub_rn(value, scale.zero) : value;
    const float scaled = __fmul_rn(moved, scale.factor);
    if constexpr (kHasMinimum) return __fadd_rn(scaled, scale.zero);
    return kFormatQmax == 1 ? scaled : __fmul_rn(scaled, 1.0f / kFormatQmax);
  }

  // --- Quantizing. `aside` holds an f32 a group from store() to encode(), where one is needed: an
  // exact scale, a statistic whose outer scale is not known yet, or a zero point.

  static __device__ __forceinline__ void store(const QuantizedView& q, float* aside, std::int64_t g,
                                               const GroupStatistic& s) {
    const float found = statistic(s);
    if constexpr (kOuter != Outer::none) {
      aside[g] = found;
    } else if constexpr (kPowerOfTwo) {
      Storage::store(q.scales, g, found);
    } else {
      const float exact = divided(found);
      Storage::store(q.scales, g, storable(exact));
      if constexpr (kHasZero)
        aside[g] = found_zero_point(s, Storage::load(q.scales, g));
      else if constexpr (kFromExact && !kExactIsStored)
        aside[g] = exact;
    }
  }
  // A scale that is stored in place of this one: none is below the least or, as it would be stored,
  // 0.
  static __device__ __forceinline__ float storable(float scale) {
    const float held = kLeastStored > 0 && scale < kLeastStored ? kLeastStored : scale;
    return kZeroIsOne && Storage::is_zero(held) ? 1.0f : held;
  }
  // The number that is stored for a statistic under the outer scale of the tensor.
  static __device__ __forceinline__ float under_outer(float statistic, float qmax, float outer) {
    const float divisor = kInTurn ? outer : __fmul_rn(qmax, outer);
    const float whole = kInTurn ? __fdiv_rn(statistic, qmax) : statistic;
    return storable(divisor == 0 ? whole : __fdiv_rn(whole, divisor));
  }
  // What weights are decoded with by a code of a scale.
  static __device__ __forceinline__ float scale_of_code(const QuantizedView& q, unsigned code) {
    const float inner = Storage::value(code);
    return kOuter == Outer::tensor ? __fmul_rn(inner, *q.outer) : inner;
  }
  // Stores the scale of a group whose statistic is a mean of magnitudes. `by` takes the place of
  // the scale in encode() of TernaryMeans.
  static __device__ __forceinline__ void store(const QuantizedView& q, float* aside, std::int64_t g,
                                               float mean, float by) {
    Storage::store(q.scales, g, mean);
    if constexpr (kTernaryMeans) aside[g] = by;
  }
  // The step and the zero point with which a group of these statistics is decoded.
  static __device__ __forceinline__ GroupScale decoded_with(const GroupStatistic& s) {
    const float exact = Storage::rounded(divided(statistic(s)));
    const float step = kZeroIsOne && exact == 0 ? 1.0f : exact;
    if constexpr (kHasZero) return {step, found_zero_point(s, step)};
    return {step, 0};
  }
  static __device__ __forceinline__ unsigned encode(const QuantizedView& q, const float* aside,
                                                    std::int64_t g, float w) {
    float by;
    if constexpr (kTernaryMeans || (kFromExact && !kExactIsStored))
      by = aside[g];
    else
      by = scale(q, g);
    if constexpr (kZerosUnderZero)
      if (by == 0) return Codec::encode(0.0f);
    float scaled;
    if constexpr (kRule == Rule::divide)
      scaled = over(w, by);
    else if constexpr (kRule == Rule::multiply_by_reciprocals)
      scaled = __fmul_rn(w, __fdiv_rn(__frcp_rn(*q.outer), inner_scale(q, g)));
    else
      scaled = __fmul_rn(w, kFlush ? flushed(reciprocal(by)) : reciprocal(by));
    if constexpr (kHasZero)
      return Codec::encode(scaled, aside[g]);
    else
      return Codec::encode(scaled);
  }
  // The weight that w becomes in a group that is decoded so.
  static __device__ __forceinline__ float round_trip(float w, GroupScale scale) {
    const float scaled = over(w, scale.factor);
    if constexpr (kHasZero)
      return weight(value(Codec::encode(scaled, scale.zero)), scale);
    else
      return weight(value(Codec::encode(scaled)), scale);
  }

 private:
  static __device__ __forceinline__ float over(float w, float scale) {
    return __fdiv_rn(w, kFormatQmax == 1 ? scale : __fdiv_rn(scale, kFormatQmax));
  }
  // The exact scale, where it is kept in f32 and without scales of its own, is the stored one.
  static constexpr bool kExactIsStored =
      std::is_same_v<Storage, PlainStorage<float>> && kOuter == Outer::none;

  static __device__ __forceinline__ float reciprocal(float by) {
    return kFormatQmax == 1 ? __frcp_rn(by) : __fdiv_rn(kFormatQmax, by);
  }
  static __device__ __forceinline__ float statistic(const GroupStatistic& s) {
    if constexpr (kStatistic == Statistic::min_max) {
      const bool none = s.low > s.high;
      const float low = none ? 0.0f : fminf(s.low, 0.0f), high = none ? 0.0f : fmaxf(s.high, 0.0f);
      return __fsub_rn(high, low);
    } else if constexpr (kFlush) {
      return s.absmax < 0 ? -kLargestFloat : s.absmax;
    } else {
      return fmaxf(s.absmax, 0.0f);
    }
  }
  static __device__ __forceinline__ float divided(float statistic) {
    return kDivisor == 1 ? statistic : __fdiv_rn(statistic, kDivisor);
  }
  static __device__ __forceinline__ float found_zero_point(const GroupStatistic& s, float step) {
    const float low = s.low > s.high ? 0.0f : fminf(s.low, 0.0f);
    const float zero = rintf(__fdiv_rn(-low, step));
    return zero != zero ? 0.0f : fminf(fmaxf(zero, 0.0f), kHighestZero);
  }
  // Loads the f16 of the unit of group g, from its outer scales or those of its minima.
  static __device__ __forceinline__ float of_unit(const void* halves, const QuantizedView& q,
                                                  std::int64_t g) {
    const std::int64_t a_row = Groups::per_row(q);
    std::int64_t unit = g / kGroupsAUnit;
    if (a_row % kGroupsAUnit != 0) {  // the last unit of a row is short
      const std::int64_t row = g / a_row, units = (a_row + kGroupsAUnit - 1) / kGroupsAUnit;
      unit = row * units + (g - row * a_row) / kGroupsAUnit;
    }
    return to_f32(static_cast<const __half*>(halves)[unit]);
  }
  static __device__ __forceinline__ float minimum(const QuantizedView& q, std::int64_t g) {
    const float held = ZeroStorage::load(q.zeros, g);
    return kOuter == Outer::units ? __fmul_rn(held, of_unit(q.zeros_outer, q, g)) : held;
  }
  static __device__ __forceinline__ float zero_point(const QuantizedView& q, std::int64_t g) {
    if constexpr (kHasZero) return ZeroStorage::load(q.zeros, g);
    return 0;
  }
};

// The weight of a code in group g.
template <class Mode>
__device__ __forceinline__ float decode(const QuantizedView& q, std::int64_t g, unsigned code) {
  return Mode::weight(Mode::value(code), Mode::group(q, g));
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
