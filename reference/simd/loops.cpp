// SPDX-License-Identifier: Apache-2.0
// The loops of SimdLoops: statistics and arithmetic here, the others in encode, decode, pack,
// unpack, convert and dot. Each file is compiled once for each instruction set, with QBENCH_ISA as
// the name of its namespace; everything in it is local to that namespace, so that no linker can mix
// the versions up.
#include "reference/simd/loops.h"

#include "reference/simd/bits.h"
#include "reference/simd/convert.h"
#include "reference/simd/decode.h"
#include "reference/simd/dot.h"
#include "reference/simd/encode.h"
#include "reference/simd/pack.h"

namespace qbench::reference::QBENCH_ISA {
namespace {

// Floats of one sign compare like their bits; a NaN is above infinity. So the maximum runs over
// integers, which vectorizes without giving up NaN.
float absmax(const float* x, std::size_t count, bool flush, float none) {
  std::int32_t best = -1;
  const std::int32_t floor = flush ? kLeastNormal : 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::int32_t bits = bits_of(x[i]) & kMagnitude;
    bits = bits < floor ? 0 : bits;
    bits = bits > kInfinity ? -1 : bits;
    best = bits > best ? bits : best;
  }
  return best < 0 ? none : float_of(best);
}

// Flips the magnitude of negative numbers, so that integers compare as the floats do. Its own
// inverse.
std::int32_t ordered(std::int32_t bits) { return bits ^ ((bits >> 31) & kMagnitude); }

Range range(const float* x, std::size_t count) {
  std::int32_t low = kMagnitude, high = ~kMagnitude;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int32_t bits = bits_of(x[i]);
    const std::int32_t key = ordered(bits);
    const bool number = (bits & kMagnitude) <= kInfinity;
    const std::int32_t as_low = number ? key : kMagnitude;
    const std::int32_t as_high = number ? key : ~kMagnitude;
    low = as_low < low ? as_low : low;
    high = as_high > high ? as_high : high;
  }
  if (low > high) return {kLargest, -kLargest};
  return {float_of(ordered(low)), float_of(ordered(high))};
}

constexpr std::size_t kLanes = 8;
double add_lanes(const double (&lane)[kLanes]) {
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

// Without a branch a number, which would be mispredicted for every other weight.
Magnitudes sum_abs(const float* x, std::size_t count, float above) {
  double lane[kLanes] = {};
  std::int32_t counted[kLanes] = {};
  const auto add = [&](std::size_t i, std::size_t l) {
    const float magnitude = abs_of(x[i]);
    const std::int32_t is_above = magnitude > above ? -1 : 0;
    lane[l] += static_cast<double>(float_of(bits_of(magnitude) & is_above));
    counted[l] -= is_above;
  };
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes)
    for (std::size_t l = 0; l < kLanes; ++l) add(i + l, l);
  for (; i < count; ++i) add(i, i % kLanes);
  Magnitudes all = {.sum = add_lanes(lane)};
  for (const std::int32_t of_lane : counted) all.count += of_lane;
  return all;
}

// The largest difference is kept in bits: non-negative doubles compare like integers, NaN above
// all.
template <class Value>
RunErrors sum_errors(const Value* value, const float* approximation, std::size_t count) {
  double error[kLanes] = {}, signal[kLanes] = {};
  std::int64_t largest[kLanes] = {};
  const auto add = [&](std::size_t i, std::size_t l) {
    const double v = static_cast<double>(value[i]);
    const double difference = static_cast<double>(approximation[i]) - v;
    error[l] += difference * difference;
    signal[l] += v * v;
    const std::int64_t bits = __builtin_bit_cast(std::int64_t, difference) & 0x7fffffffffffffff;
    largest[l] = bits > largest[l] ? bits : largest[l];
  };
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes)
    for (std::size_t l = 0; l < kLanes; ++l) add(i + l, l);
  for (; i < count; ++i) add(i, i % kLanes);
  std::int64_t most = 0;
  for (std::int64_t bits : largest) most = bits > most ? bits : most;
  return {add_lanes(error), add_lanes(signal), __builtin_bit_cast(double, most)};
}

RunErrors errors(const float* value, const float* approximation, std::size_t count) {
  return sum_errors(value, approximation, count);
}
RunErrors output_errors(const double* value, const float* approximation, std::size_t count) {
  return sum_errors(value, approximation, count);
}

void multiply(const float* x, std::size_t count, float by, bool flush, float* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = flushed(x[i], flush) * by;
}
void divide(const float* x, std::size_t count, float less, float by, float* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = (x[i] - less) / by;
}
void add(float* x, std::size_t count, float more) {
  for (std::size_t i = 0; i < count; ++i) x[i] += more;
}

}  // namespace

extern const SimdLoops kLoops;
const SimdLoops kLoops = {
    .name = QBENCH_ISA_NAME,
    .absmax = absmax,
    .range = range,
    .sum_abs = sum_abs,
    .errors = errors,
    .output_errors = output_errors,
    .multiply = multiply,
    .divide = divide,
    .add = add,
    .encode_thresholds = encode_thresholds,
    .encode_integers = encode_integers,
    .encode_float = encode_float,
    .clipping_errors = clipping_errors,
    .point_sums = point_sums,
    .decode_codebook = decode_codebook,
    .decode_integers = decode_integers,
    .decode_float = decode_float,
    .pack = pack,
    .unpack = unpack,
    .round_to = round_to,
    .narrow = narrow,
    .widen = widen,
    .dot_f32 = dot_f32,
    .dot_f64 = dot_f64,
    .dot_s8 = dot_s8,
};

}  // namespace qbench::reference::QBENCH_ISA
