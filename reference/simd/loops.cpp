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
#include "reference/simd/vector.h"

namespace qbench::reference::QBENCH_ISA {
namespace {

// add(first) for every kSize of all x; the last are filled up with NaN.
template <std::size_t kSize, class Add>
void for_every(const float* x, std::size_t count, const Add& add) {
  std::size_t i = 0;
  for (; i + kSize <= count; i += kSize) add(x + i);
  if (i == count) return;
  float last[kSize];
  for (float& lane : last) lane = float_of(kNan);
  __builtin_memcpy(last, x + i, (count - i) * sizeof(float));
  add(last);
}

// Floats of one sign compare like their bits; a NaN is above infinity. So the maximum runs over
// integers, which vectorizes without giving up NaN.
float absmax(const float* x, std::size_t count, bool flush, float none) {
  Ints best = Ints{} - 1;
  const std::int32_t floor = flush ? kLeastNormal : 0;
  for_every<kLanes>(x, count, [&](const float* from) {
    Ints bits = load_bits(from) & kMagnitude;
    bits = bits < floor ? 0 : bits;
    bits = bits > kInfinity ? -1 : bits;
    best = bits > best ? bits : best;
  });
  std::int32_t most = -1;
  for (std::size_t lane = 0; lane < kLanes; ++lane) most = best[lane] > most ? best[lane] : most;
  return most < 0 ? none : float_of(most);
}

// Without leaving early, which would keep the loop from being vectorized.
std::size_t find_magnitude(const float* x, std::size_t count, float magnitude) {
  std::int32_t first = static_cast<std::int32_t>(count);
  for (std::int32_t i = static_cast<std::int32_t>(count) - 1; i >= 0; --i)
    first = abs_of(x[i]) == magnitude ? i : first;
  return static_cast<std::size_t>(first);
}

// Flips the magnitude of negative numbers, so that integers compare as the floats do. Its own
// inverse.
template <class Bits>
Bits ordered(const Bits& bits) {
  return bits ^ ((bits >> 31) & kMagnitude);
}

Range range(const float* x, std::size_t count) {
  Ints lows = Ints{} + kMagnitude, highs = ~lows;
  for_every<kLanes>(x, count, [&](const float* from) {
    const Ints bits = load_bits(from);
    const Ints key = ordered(bits), number = (bits & kMagnitude) <= kInfinity;
    const Ints as_low = number ? key : kMagnitude;
    const Ints as_high = number ? key : ~kMagnitude;
    lows = as_low < lows ? as_low : lows;
    highs = as_high > highs ? as_high : highs;
  });
  std::int32_t low = kMagnitude, high = ~kMagnitude;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    low = lows[lane] < low ? lows[lane] : low;
    high = highs[lane] > high ? highs[lane] : high;
  }
  if (low > high) return {kLargest, -kLargest};
  return {float_of(ordered(low)), float_of(ordered(high))};
}

// Sums run in kSums lanes, in registers.
constexpr std::size_t kSums = 8, kRegisters = kSums / kDoubles;
constexpr std::int64_t kLongMagnitude = 0x7fffffffffffffff;
double add_lanes(const Doubles (&registers)[kRegisters]) {
  double lane[kSums];
  __builtin_memcpy(lane, registers, sizeof lane);
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

// Without a branch a number, which would be mispredicted for every other weight.
Magnitudes sum_abs(const float* x, std::size_t count, float above) {
  Doubles sum[kRegisters] = {};
  Longs counted[kRegisters] = {};
  const auto wide = static_cast<double>(above);
  for_every<kSums>(x, count, [&](const float* from) {  // NaN is above nothing
    for (std::size_t r = 0; r < kRegisters; ++r) {
      const Longs bits =
          __builtin_bit_cast(Longs, load_doubles(from + r * kDoubles)) & kLongMagnitude;
      const Longs is_above = __builtin_bit_cast(Doubles, bits) > wide;
      sum[r] += __builtin_bit_cast(Doubles, bits & is_above);
      counted[r] -= is_above;
    }
  });
  Magnitudes all = {.sum = add_lanes(sum)};
  for (const Longs& of : counted)
    for (std::size_t lane = 0; lane < kDoubles; ++lane) all.count += of[lane];
  return all;
}

// The largest difference is kept in bits: non-negative doubles compare like
// integers, NaN above all.
struct ErrorLanes {
  Doubles error[kRegisters] = {}, signal[kRegisters] = {};
  Longs largest[kRegisters] = {};

  template <class Value>
  void add(const Value* value, const float* approximation) {
    for (std::size_t r = 0; r < kRegisters; ++r) {
      const Doubles v = load_doubles(value + r * kDoubles);
      const Doubles difference = load_doubles(approximation + r * kDoubles) - v;
      error[r] += difference * difference;
      signal[r] += v * v;
      const Longs bits = __builtin_bit_cast(Longs, difference) & kLongMagnitude;
      largest[r] = bits > largest[r] ? bits : largest[r];
    }
  }

  StretchErrors sum() const {
    std::int64_t most = 0;
    for (const Longs& lanes : largest)
      for (std::size_t lane = 0; lane < kDoubles; ++lane)
        most = lanes[lane] > most ? lanes[lane] : most;
    return {add_lanes(error), add_lanes(signal), __builtin_bit_cast(double, most)};
  }
};

template <class Value>
StretchErrors sum_errors(const Value* value, const float* approximation, std::size_t count) {
  ErrorLanes lanes;
  std::size_t i = 0;
  for (; i + kSums <= count; i += kSums) lanes.add(value + i, approximation + i);
  if (i < count) {  // zeros add nothing
    Value last[kSums] = {};
    float near[kSums] = {};
    __builtin_memcpy(last, value + i, (count - i) * sizeof(Value));
    __builtin_memcpy(near, approximation + i, (count - i) * sizeof(float));
    lanes.add(last, near);
  }
  return lanes.sum();
}

StretchErrors errors(const float* value, const float* approximation, std::size_t count) {
  return sum_errors(value, approximation, count);
}
StretchErrors output_errors(const double* value, const float* approximation, std::size_t count) {
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
    .find_magnitude = find_magnitude,
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
