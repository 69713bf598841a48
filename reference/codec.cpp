// SPDX-License-Identifier: Apache-2.0
// Codecs: which of the Runs encodes, and what every code means.
#include "reference/codec.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "reference/runs.h"

namespace qbench::reference {
namespace {

float value_of(const Grid& grid, int bits, int code) {
  const bool negative = grid.lowest < 0 && code >= 1 << (bits - 1);
  return static_cast<float>(negative ? code - (1 << bits) : code);
}

float value_of(const SmallFloat& format, int code) {
  const int mantissa = code & ((1 << format.mantissa_bits) - 1);
  const int exponent = code >> format.mantissa_bits & ((1 << format.exponent_bits) - 1);
  const int sign = code >> (format.mantissa_bits + format.exponent_bits) & 1;
  const int whole = exponent == 0 ? mantissa : mantissa + (1 << format.mantissa_bits);
  const float magnitude = std::ldexp(static_cast<float>(whole),
                                     std::max(exponent, 1) - format.bias - format.mantissa_bits);
  const float value =
      magnitude > format.largest ? std::numeric_limits<float>::quiet_NaN() : magnitude;
  return sign ? -value : value;
}

}  // namespace

void encode(const Codec& codec, int bits, const float* scaled, std::size_t count, float zero,
            std::uint8_t* codes) {
  if (const auto* levels = std::get_if<Levels>(&codec))
    runs().encode_levels(scaled, count, *levels, bits, codes);
  if (const auto* grid = std::get_if<Grid>(&codec))
    runs().encode_grid(scaled, count, *grid, zero, codes);
  if (const auto* format = std::get_if<SmallFloat>(&codec))
    runs().encode_float(scaled, count, *format, codes);
}

std::array<float, 256> decode_table(const Codec& codec, int bits) {
  std::array<float, 256> values{};
  for (int code = 0; code < 1 << bits; ++code) {
    if (const auto* levels = std::get_if<Levels>(&codec)) values[code] = levels->values[code];
    if (const auto* grid = std::get_if<Grid>(&codec)) values[code] = value_of(*grid, bits, code);
    if (const auto* format = std::get_if<SmallFloat>(&codec))
      values[code] = value_of(*format, code);
  }
  return values;
}

}  // namespace qbench::reference
