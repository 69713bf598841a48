// SPDX-License-Identifier: Apache-2.0
// Helpers of the tests of the reference: small matrices, bits of numbers, and where two runs
// differ.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <random>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "reference/reference.h"

namespace qbench::test {

inline constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
inline constexpr float kInf = std::numeric_limits<float>::infinity();

inline float from_bits(std::uint32_t bits) { return std::bit_cast<float>(bits); }
inline std::uint32_t bits_of(float x) { return std::bit_cast<std::uint32_t>(x); }
inline float above(float x) { return std::nextafter(x, kInf); }
inline float below(float x) { return std::nextafter(x, -kInf); }

// A float with its sign and payload, so that NaN equals itself and -0 differs from 0.
inline std::vector<std::uint32_t> bits_of(std::span<const float> values) {
  std::vector<std::uint32_t> bits;
  for (const float value : values) bits.push_back(bits_of(value));
  return bits;
}

inline Matrix matrix(std::int64_t rows, std::int64_t cols, std::span<const float> values) {
  Matrix result(rows, cols);
  std::copy_n(values.data(), result.size(), result.values.data());
  return result;
}
inline Matrix row(std::span<const float> values) {
  return matrix(1, static_cast<std::int64_t>(values.size()), values);
}

// About N(0, 1): the sum of 12 uniform numbers, from integers, the same on every platform.
inline std::vector<float> random_values(std::int64_t count, unsigned seed) {
  std::mt19937 generator(seed);
  std::vector<float> values;
  for (std::int64_t i = 0; i < count; ++i) {
    double sum = -6;
    for (int term = 0; term < 12; ++term) sum += static_cast<double>(generator()) * 0x1p-32;
    values.push_back(static_cast<float>(sum));
  }
  return values;
}

inline QuantizedMatrix quantized(std::string_view mode, int block_size, const Matrix& weights) {
  return reference::quantize(*find_mode(mode), block_size, weights);
}

inline std::vector<float> dequantized(const QuantizedMatrix& q) {
  Matrix out(q.rows, q.cols);
  reference::dequantize(q, out);
  return {out.values.begin(), out.values.end()};
}

inline int nibble(std::span<const std::byte> bytes, std::int64_t i, Packing order) {
  const int byte = static_cast<int>(bytes[static_cast<std::size_t>(i / 2)]);
  const bool high = (i % 2 == 0) == (order == Packing::high_first);
  return high ? byte >> 4 : byte & 15;
}

// The first `count` codes of 4 bits.
inline std::vector<int> nibbles(std::span<const std::byte> bytes, std::int64_t count,
                                Packing order) {
  std::vector<int> codes;
  for (std::int64_t i = 0; i < count; ++i) codes.push_back(nibble(bytes, i, order));
  return codes;
}

template <class T>
std::vector<T> numbers(std::span<const std::byte> bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  std::copy_n(bytes.data(), values.size() * sizeof(T), reinterpret_cast<std::byte*>(values.data()));
  return values;
}

// Where two runs of whole numbers first differ, in words; empty where they do not.
template <class T, class U>
std::string difference(const std::vector<T>& actual, const std::vector<U>& expected) {
  std::ostringstream words;
  if (actual.size() != expected.size()) {
    words << actual.size() << " numbers, expected " << expected.size();
    return words.str();
  }
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (actual[i] == expected[i]) continue;
    words << "at " << i << ": " << std::hex << std::showbase << +actual[i] << ", expected "
          << +expected[i];
    return words.str();
  }
  return {};
}

// x rounded to nearest even at `mantissa_bits` with exponents from `least_exponent` on, unbounded
// above: exact in double for every float x.
inline double rounded(double x, int mantissa_bits, int least_exponent) {
  if (x == 0 || !std::isfinite(x)) return x;
  const int exponent = std::max(std::ilogb(x), least_exponent) - mantissa_bits;
  return std::ldexp(std::nearbyint(std::ldexp(x, -exponent)), exponent);
}

inline double fp16(double x) {
  const double value = rounded(x, 10, -14);
  return std::abs(value) > 65504 ? std::copysign(HUGE_VAL, x) : value;
}
// The number of 16 bits in IEEE half precision; NaN for a NaN.
inline double fp16_value(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31, mantissa = bits & 1023;
  double magnitude = std::ldexp(mantissa + (exponent == 0 ? 0 : 1024), std::max(exponent, 1) - 25);
  if (exponent == 31) magnitude = mantissa == 0 ? HUGE_VAL : std::nan("");
  return bits >> 15 != 0 ? -magnitude : magnitude;
}

inline double bf16(double x) {
  const double value = rounded(x, 7, -126);
  return std::abs(value) > 0x1.fep127 ? std::copysign(HUGE_VAL, x) : value;
}

}  // namespace qbench::test
