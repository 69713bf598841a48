// SPDX-License-Identifier: Apache-2.0
// Scaled weights to codes.
#include "reference/simd/encode.h"

#include "reference/simd/bits.h"
#include "reference/simd/vector.h"

namespace qbench::reference::QBENCH_ISA {
namespace {

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

}  // namespace

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

namespace {

// Adding and taking off 1.5 * 2^23 rounds to a whole number, nearest even, for |x| <= 2^22.
float nearest_even(float x, float = 0) {
  constexpr float kMagic = 12582912.0f;
  return (x + kMagic) - kMagic;
}
float floor_half_up(float x, float low) {
  const float shifted = x + (0.5f - low);
  const float nearest = nearest_even(shifted);
  return (nearest > shifted ? nearest - 1.0f : nearest) + low;
}

// A magnitude's fraction of exactly one half goes up: nearest_even left it out or took it in.
float half_away(float x, float) {
  const float magnitude = abs_of(x), nearest = nearest_even(magnitude);
  const float away = magnitude - nearest == 0.5f ? nearest + 1.0f : nearest;
  return float_of(bits_of(away) | (bits_of(x) & ~kMagnitude));
}

template <float (*kRound)(float x, float low)>
void encode_rounded(const float* x, std::size_t count, const Integers& integers, float zero,
                    std::uint8_t* codes) {
  const float low = static_cast<float>(integers.lowest);
  const float high = static_cast<float>(integers.highest);
  constexpr float kFar = 4096.0f;
  for (std::size_t i = 0; i < count; ++i) {
    float value = x[i] == x[i] ? x[i] : 0.0f;
    value = value < -kFar ? -kFar : value;
    value = value > kFar ? kFar : value;
    value = kRound(value, low) + zero;
    value = value < low ? low : value;
    value = value > high ? high : value;
    codes[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(value));
  }
}

}  // namespace

void encode_integers(const float* x, std::size_t count, const Integers& integers, Rounding rounding,
                     float zero, std::uint8_t* codes) {
  if (rounding == Rounding::half_up)
    encode_rounded<floor_half_up>(x, count, integers, zero, codes);
  else if (rounding == Rounding::half_away)
    encode_rounded<half_away>(x, count, integers, zero, codes);
  else
    encode_rounded<nearest_even>(x, count, integers, zero, codes);
}

void clipping_errors(const float* x, std::size_t count, const Integers& integers,
                     const float* steps, const float* zeros, float* sums) {
  constexpr int kCandidates = Clipping::kCandidates;
  const float low = static_cast<float>(integers.lowest);
  const float high = static_cast<float>(integers.highest);
  constexpr float kFar = 4096.0f;
  float step[kCandidates], zero[kCandidates], sum[kCandidates];
  for (int c = 0; c < kCandidates; ++c) step[c] = steps[c], zero[c] = zeros[c], sum[c] = sums[c];
  for (std::size_t i = 0; i < count; ++i) {
    if (x[i] != x[i]) continue;
    for (int c = 0; c < kCandidates; ++c) {
      float value = x[i] / step[c];
      value = value == value ? value : 0.0f;
      value = value < -kFar ? -kFar : value;
      value = value > kFar ? kFar : value;
      value = nearest_even(value) + zero[c];
      value = value < low ? low : value;
      value = value > high ? high : value;
      const float error = (value - zero[c]) * step[c] - x[i];
      sum[c] += error * error;
    }
  }
  for (int c = 0; c < kCandidates; ++c) sums[c] = sum[c];
}

PointSums point_sums(const float* x, std::size_t count, float factor, float point, float highest) {
  constexpr std::size_t kSums = 8;
  double points[kSums] = {}, errors[kSums] = {};
  float largest[kSums] = {};
  const auto add = [&](float of, std::size_t lane) {
    const float w = (bits_of(of) & kMagnitude) < kInfinity ? of : 0.0f;
    float code = nearest_even(w * factor + point);
    code = code < 0 ? 0.0f : code;
    code = code > highest ? highest : code;
    const float error = abs_of(w - (code - point) / factor);
    points[lane] += static_cast<double>(code - w * factor);
    errors[lane] += static_cast<double>(error);
    largest[lane] = error > largest[lane] ? error : largest[lane];
  };
  std::size_t i = 0;
  for (; i + kSums <= count; i += kSums)
    for (std::size_t l = 0; l < kSums; ++l) add(x[i + l], l);
  for (; i < count; ++i) add(x[i], i % kSums);
  PointSums all = {};
  for (std::size_t l = 0; l < kSums; ++l) {
    all.points += points[l];
    all.errors += errors[l];
    all.largest = largest[l] > all.largest ? largest[l] : all.largest;
  }
  return all;
}

namespace {

// code_of(number) of each, so many at a time as the shortest groups have: loops of any length would
// be unrolled to vectors of bytes, and groups would be left to the scalar loop behind them.
template <class CodeOf>
void encode_each(const float* x, std::size_t count, std::uint8_t* codes, const CodeOf& code_of) {
  constexpr std::size_t kShortest = 16;
  const auto encode_some = [&code_of](const float* from, std::uint8_t* to) {
    std::int32_t wide[kShortest];
    for (std::size_t i = 0; i < kShortest; ++i) wide[i] = code_of(from[i]);
    for (std::size_t i = 0; i < kShortest; i += kLanes) store_codes(load(wide + i), to + i);
  };
  std::size_t i = 0;
  for (; i + kShortest <= count; i += kShortest) encode_some(x + i, codes + i);
  if (i == count) return;
  float rest[kShortest] = {};
  std::uint8_t rest_codes[kShortest];
  __builtin_memcpy(rest, x + i, (count - i) * sizeof(float));
  encode_some(rest, rest_codes);
  __builtin_memcpy(codes + i, rest_codes, count - i);
}

}  // namespace

void encode_float(const float* x, std::size_t count, const SmallFloat& format,
                  std::uint8_t* codes) {
  const int mantissa_bits = format.mantissa_bits, bias = format.bias;
  const float largest = format.largest;
  const float subnormal_steps = float_of((127 + bias - 1 + mantissa_bits) << 23);
  const int sign_shift = 31 - format.exponent_bits - mantissa_bits;
  const std::int32_t nan_code = format.nan_code ? *format.nan_code : 0;
  encode_each(x, count, codes, [=](float value) {
    const std::int32_t bits = bits_of(value);
    float magnitude = abs_of(value);
    const bool number = magnitude == magnitude;
    magnitude = magnitude < largest ? magnitude : largest;
    const float rounded = round_magnitude(magnitude, mantissa_bits, 1 - bias);
    const std::int32_t sign =
        static_cast<std::int32_t>(static_cast<std::uint32_t>(bits & ~kMagnitude) >> sign_shift);
    const std::int32_t code = sign | magnitude_code(rounded, mantissa_bits, bias, subnormal_steps);
    return number ? code : nan_code;
  });
}

}  // namespace qbench::reference::QBENCH_ISA
