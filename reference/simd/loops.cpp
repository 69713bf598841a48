// SPDX-License-Identifier: Apache-2.0
// The loops of SimdLoops. This file is compiled once for each instruction set, with QBENCH_ISA as
// the name of its namespace; everything in it is local to that namespace, so that no linker can mix
// the versions up.
#include "reference/simd/loops.h"

#include "reference/simd/dot.h"

namespace qbench::reference::QBENCH_ISA {
namespace {

constexpr std::int32_t kInfinity = 0x7f800000;
constexpr std::int32_t kLeastNormal = 0x00800000;
constexpr std::int32_t kMagnitude = 0x7fffffff;
constexpr float kLargest = 0x1.fffffep127f;

std::int32_t bits_of(float x) { return __builtin_bit_cast(std::int32_t, x); }
float float_of(std::int32_t bits) { return __builtin_bit_cast(float, bits); }
float abs_of(float x) { return float_of(bits_of(x) & kMagnitude); }
float flushed(float x, bool flush) {
  return flush && (bits_of(x) & kMagnitude) < kLeastNormal ? 0.0f : x;
}

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

double sum_abs(const float* x, std::size_t count) {
  double lane[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes)
    for (std::size_t l = 0; l < kLanes; ++l) lane[l] += static_cast<double>(abs_of(x[i + l]));
  for (; i < count; ++i) lane[i % kLanes] += static_cast<double>(abs_of(x[i]));
  return add_lanes(lane);
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

// Thresholds are counted over pieces that stay in registers.
constexpr std::size_t kPiece = 32;

void count_below(const float* x, const Thresholds& thresholds, std::int32_t (&rank)[kPiece]) {
  for (std::int32_t& r : rank) r = 0;
  for (std::size_t t = 0; t < thresholds.at.size(); ++t) {
    const float threshold = thresholds.at.data()[t];
    for (std::size_t i = 0; i < kPiece; ++i) rank[i] += x[i] > threshold ? 1 : 0;
  }
}

void encode_piece(const float* x, const Thresholds& thresholds, int top_bit, std::uint8_t* codes) {
  std::int32_t rank[kPiece];
  float magnitude[kPiece];
  for (std::size_t i = 0; i < kPiece; ++i)
    magnitude[i] = thresholds.sign_magnitude ? abs_of(x[i]) : x[i];
  count_below(magnitude, thresholds, rank);
  if (thresholds.codes.empty()) {
    for (std::size_t i = 0; i < kPiece; ++i) codes[i] = static_cast<std::uint8_t>(rank[i]);
  } else {
    for (std::size_t i = 0; i < kPiece; ++i) codes[i] = thresholds.codes.data()[rank[i]];
  }
  if (!thresholds.sign_magnitude) return;
  const float least_negative = -float_of(kLeastNormal);
  for (std::size_t i = 0; i < kPiece; ++i)
    codes[i] = static_cast<std::uint8_t>(codes[i] | (x[i] <= least_negative ? top_bit : 0));
}

void encode_thresholds(const float* x, std::size_t count, const Thresholds& thresholds, int bits,
                       std::uint8_t* codes) {
  const int top_bit = 1 << (bits - 1);
  std::size_t i = 0;
  for (; i + kPiece <= count; i += kPiece) encode_piece(x + i, thresholds, top_bit, codes + i);
  if (i == count) return;
  float rest[kPiece] = {};
  std::uint8_t rest_codes[kPiece];
  __builtin_memcpy(rest, x + i, (count - i) * sizeof(float));
  encode_piece(rest, thresholds, top_bit, rest_codes);
  __builtin_memcpy(codes + i, rest_codes, count - i);
}

// Adding and taking off 1.5 * 2^23 rounds to a whole number, nearest even, for |x| <= 2^22.
float nearest_even(float x) {
  constexpr float kMagic = 12582912.0f;
  return (x + kMagic) - kMagic;
}
float floor_half_up(float x) {
  const float shifted = x + 0.5f;
  const float nearest = nearest_even(shifted);
  return nearest > shifted ? nearest - 1.0f : nearest;
}

// A magnitude's fraction of exactly one half goes up: nearest_even left it out or took it in.
float half_away(float x) {
  const float magnitude = abs_of(x), nearest = nearest_even(magnitude);
  const float away = magnitude - nearest == 0.5f ? nearest + 1.0f : nearest;
  return float_of(bits_of(away) | (bits_of(x) & ~kMagnitude));
}

template <float (*kRound)(float)>
void encode_rounded(const float* x, std::size_t count, const Integers& integers, float zero,
                    std::uint8_t* codes) {
  const float low = static_cast<float>(integers.lowest);
  const float high = static_cast<float>(integers.highest);
  constexpr float kFar = 4096.0f;
  for (std::size_t i = 0; i < count; ++i) {
    float value = x[i] == x[i] ? x[i] : 0.0f;
    value = value < -kFar ? -kFar : value;
    value = value > kFar ? kFar : value;
    value = kRound(value) + zero;
    value = value < low ? low : value;
    value = value > high ? high : value;
    codes[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(value));
  }
}

void encode_integers(const float* x, std::size_t count, const Integers& integers, Rounding rounding,
                     float zero, std::uint8_t* codes) {
  if (rounding == Rounding::half_up)
    encode_rounded<floor_half_up>(x, count, integers, zero, codes);
  else if (rounding == Rounding::half_away)
    encode_rounded<half_away>(x, count, integers, zero, codes);
  else
    encode_rounded<nearest_even>(x, count, integers, zero, codes);
}

// |x| rounded to `mantissa_bits` with exponents from `least_exponent` on. Adding and taking off
// 2^(e + 23 - mantissa_bits) rounds to a multiple of 2^(e - mantissa_bits), where e is the exponent
// of x: its grid. For |x| < 2^100.
float round_magnitude(float magnitude, int mantissa_bits, int least_exponent) {
  const std::int32_t least = (least_exponent + 127) << 23;
  std::int32_t exponent = bits_of(magnitude) & kInfinity;
  exponent = exponent < least ? least : exponent;
  const float magic = float_of(exponent + ((23 - mantissa_bits) << 23));
  return (magnitude + magic) - magic;
}

// The bits of a magnitude that is on the grid of the format.
std::int32_t magnitude_code(float rounded, int mantissa_bits, int bias, float subnormal_steps) {
  const float least_normal = float_of((128 - bias) << 23);
  const std::int32_t normal =
      (bits_of(rounded) >> (23 - mantissa_bits)) - ((127 - bias) << mantissa_bits);
  const float as_subnormal = rounded < least_normal ? rounded * subnormal_steps : 0.0f;
  return rounded < least_normal ? static_cast<std::int32_t>(as_subnormal) : normal;
}

void encode_float(const float* x, std::size_t count, const SmallFloat& format,
                  std::uint8_t* codes) {
  const int mantissa_bits = format.mantissa_bits, bias = format.bias;
  const float largest = format.largest;
  const float subnormal_steps = float_of((127 + bias - 1 + mantissa_bits) << 23);
  const int sign_shift = 31 - format.exponent_bits - mantissa_bits;
  const std::int32_t nan_code = format.nan_code ? *format.nan_code : 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int32_t bits = bits_of(x[i]);
    float magnitude = abs_of(x[i]);
    const bool number = magnitude == magnitude;
    magnitude = magnitude < largest ? magnitude : largest;
    const float rounded = round_magnitude(magnitude, mantissa_bits, 1 - bias);
    const std::int32_t sign =
        static_cast<std::int32_t>(static_cast<std::uint32_t>(bits & ~kMagnitude) >> sign_shift);
    const std::int32_t code = sign | magnitude_code(rounded, mantissa_bits, bias, subnormal_steps);
    codes[i] = static_cast<std::uint8_t>(number ? code : nan_code);
  }
}

void decode(const std::uint8_t* codes, std::size_t count, const float* values, float zero,
            float scale, float factor, float* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = (values[codes[i]] - zero) * scale * factor;
}

// Codes of any width as one stream of bits, the first in the lowest.
void pack_stream(const std::uint8_t* codes, std::size_t count, int bits, std::uint8_t* bytes) {
  unsigned held = 0;
  int held_bits = 0;
  for (std::size_t i = 0; i < count; ++i) {
    held |= (codes[i] & ((1u << bits) - 1)) << held_bits;
    for (held_bits += bits; held_bits >= 8; held_bits -= 8, held >>= 8)
      *bytes++ = static_cast<std::uint8_t>(held);
  }
  if (held_bits > 0) *bytes = static_cast<std::uint8_t>(held);
}

// Five trits a byte, every 256 from a byte on.
constexpr std::size_t kTritRun = 256;
constexpr int kPowersOfThree[] = {1, 3, 9, 27, 81};

void pack_trits(const std::uint8_t* codes, std::size_t count, std::uint8_t* bytes) {
  for (std::size_t run = 0; run < count; run += kTritRun) {
    const std::size_t end = run + kTritRun < count ? run + kTritRun : count;
    for (std::size_t first = run; first < end; first += 5, ++bytes) {
      int byte = 0;
      for (std::size_t i = 0; i < 5 && first + i < end; ++i)
        byte += codes[first + i] * kPowersOfThree[i];
      *bytes = static_cast<std::uint8_t>(byte);
    }
  }
}

void unpack_trits(const std::uint8_t* bytes, std::size_t count, std::uint8_t* codes) {
  for (std::size_t run = 0; run < count; run += kTritRun) {
    const std::size_t end = run + kTritRun < count ? run + kTritRun : count;
    for (std::size_t first = run; first < end; first += 5, ++bytes)
      for (std::size_t i = 0; i < 5 && first + i < end; ++i)
        codes[first + i] = static_cast<std::uint8_t>(*bytes / kPowersOfThree[i] % 3);
  }
}

void pack(const std::uint8_t* codes, std::size_t count, int bits, Packing packing, std::uint8_t pad,
          std::byte* out) {
  auto* bytes = reinterpret_cast<std::uint8_t*>(out);
  if (packing == Packing::trits) {
    pack_trits(codes, count, bytes);
  } else if (bits == 8) {
    __builtin_memcpy(bytes, codes, count);
  } else if (bits == 4) {
    const int first = packing == Packing::high_first ? 4 : 0;
    for (std::size_t i = 0; i < count / 2; ++i)
      bytes[i] = static_cast<std::uint8_t>((codes[2 * i] & 15) << first | (codes[2 * i + 1] & 15)
                                                                              << (4 - first));
    if (count % 2 != 0)
      bytes[count / 2] =
          static_cast<std::uint8_t>((codes[count - 1] & 15) << first | (pad & 15) << (4 - first));
  } else {
    pack_stream(codes, count, bits, bytes);
  }
}

void unpack_stream(const std::uint8_t* bytes, std::size_t count, int bits, std::uint8_t* codes) {
  unsigned held = 0;
  int held_bits = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (held_bits < bits) {
      held |= static_cast<unsigned>(*bytes++) << held_bits;
      held_bits += 8;
    }
    codes[i] = static_cast<std::uint8_t>(held & ((1u << bits) - 1));
    held >>= bits;
    held_bits -= bits;
  }
}

void unpack(const std::byte* packed, std::size_t count, int bits, Packing packing,
            std::uint8_t* codes) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(packed);
  if (packing == Packing::trits) {
    unpack_trits(bytes, count, codes);
  } else if (bits == 8) {
    __builtin_memcpy(codes, bytes, count);
  } else if (bits == 4) {
    const int first = packing == Packing::high_first ? 4 : 0;
    for (std::size_t i = 0; i < count / 2; ++i) {
      codes[2 * i] = static_cast<std::uint8_t>(bytes[i] >> first & 15);
      codes[2 * i + 1] = static_cast<std::uint8_t>(bytes[i] >> (4 - first) & 15);
    }
    if (count % 2 != 0)
      codes[count - 1] = static_cast<std::uint8_t>(bytes[count / 2] >> first & 15);
  } else {
    unpack_stream(bytes, count, bits, codes);
  }
}

// fp16: 65520 and above round to infinity.
float to_fp16(float x) {
  const float magnitude = abs_of(x);
  const bool in_range = magnitude < 65520.0f;
  const float rounded = round_magnitude(in_range ? magnitude : 1.0f, 10, -14);
  const float beyond = magnitude == magnitude ? float_of(kInfinity) : magnitude;
  return float_of(bits_of(in_range ? rounded : beyond) | (bits_of(x) & ~kMagnitude));
}
float to_bf16(float x) {
  const auto bits = static_cast<std::uint32_t>(bits_of(x));
  const std::uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000;
  return __builtin_bit_cast(float, x == x ? rounded : bits | 0x00400000);
}

void round_to(Dtype dtype, float* x, std::size_t count) {
  if (dtype == Dtype::fp16)
    for (std::size_t i = 0; i < count; ++i) x[i] = to_fp16(x[i]);
  if (dtype == Dtype::bf16)
    for (std::size_t i = 0; i < count; ++i)
      x[i] = __builtin_bit_cast(float, bits_of(to_bf16(x[i])) & ~0xffff);
}

std::uint16_t fp16_bits(float x) {
  const float rounded = to_fp16(x);
  const float magnitude = abs_of(rounded);
  const bool finite = magnitude < 65520.0f;
  const std::int32_t code = magnitude_code(finite ? magnitude : 0.0f, 10, 15, 0x1p24f);
  const std::int32_t special = magnitude == magnitude ? 0x7c00 : 0x7e00;
  return static_cast<std::uint16_t>((bits_of(x) >> 16 & 0x8000) | (finite ? code : special));
}
void narrow(Dtype dtype, const float* x, std::size_t count, std::uint16_t* out) {
  if (dtype == Dtype::fp16)
    for (std::size_t i = 0; i < count; ++i) out[i] = fp16_bits(x[i]);
  else
    for (std::size_t i = 0; i < count; ++i)
      out[i] = static_cast<std::uint16_t>(static_cast<std::uint32_t>(bits_of(to_bf16(x[i]))) >> 16);
}

// Multiplying by 2^112 moves the exponent from fp16's bias to fp32's and makes subnormals normal.
float from_fp16(std::uint16_t bits) {
  const std::int32_t shifted = (bits & 0x7fff) << 13;
  const float finite = float_of(shifted) * 0x1p112f;
  const float special = float_of(shifted | kInfinity);
  const float magnitude = (bits & 0x7c00) == 0x7c00 ? special : finite;
  return float_of(bits_of(magnitude) | (bits & 0x8000) << 16);
}
void widen(Dtype dtype, const std::uint16_t* x, std::size_t count, float* out) {
  if (dtype == Dtype::fp16)
    for (std::size_t i = 0; i < count; ++i) out[i] = from_fp16(x[i]);
  else
    for (std::size_t i = 0; i < count; ++i) out[i] = float_of(x[i] << 16);
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
    .decode = decode,
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
