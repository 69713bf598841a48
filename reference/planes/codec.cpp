// SPDX-License-Identifier: Apache-2.0
// Codecs: the SimdLoops that encode and decode, and the value of every code.
#include "reference/planes/codec.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "reference/planes/stored_numbers.h"

namespace qbench::reference {
namespace {

float value_of(const Codebook& book, int, int code) {
  return book.values[static_cast<std::size_t>(code)];
}

float value_of(const Integers& integers, int bits, int code) {
  const bool negative = integers.lowest < 0 && code >= 1 << (bits - 1);
  return static_cast<float>(negative ? code - (1 << bits) : code);
}

float value_of(const SmallFloat& format, int, int code) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const int mantissa = code & ((1 << format.mantissa_bits) - 1);
  const int exponent = code >> format.mantissa_bits & ((1 << format.exponent_bits) - 1);
  const int sign = code >> (format.mantissa_bits + format.exponent_bits) & 1;
  const int whole = exponent == 0 ? mantissa : mantissa + (1 << format.mantissa_bits);
  float magnitude = std::ldexp(static_cast<float>(whole),
                               std::max(exponent, 1) - format.bias - format.mantissa_bits);
  if (magnitude > format.largest) magnitude = format.infinity && mantissa == 0 ? kInfinity : kNan;
  return sign ? -magnitude : magnitude;
}

float value_of(const PowerOfTwo&, int, int code) {
  // 2^(code - 127) by its bits; that of code 0 is subnormal.
  const auto exponent = static_cast<std::uint32_t>(code) << 23;
  return std::bit_cast<float>(code == 0 ? 0x00400000u : code == 255 ? 0x7fc00000u : exponent);
}

float value_of(const DynamicMap&, int, int) { return 0; }  // decode_table copies the map
float value_of(const Vectors&, int, int) { return 0; }
float value_of(const Plain&, int, int) { return 0; }

std::span<const float> powers_of_two() {
  static const std::array<float, 256> all = decode_table(PowerOfTwo{}, 8);
  return all;
}

}  // namespace

void encode(const Codec& codec, int bits, const Quantizer& quantizer, const float* scaled,
            std::size_t count, float zero, std::uint8_t* codes) {
  if (quantizer.rounding == Rounding::thresholds)
    return loops().encode_thresholds(scaled, count, quantizer.thresholds, bits, codes);
  if (const auto* integers = std::get_if<Integers>(&codec))
    loops().encode_integers(scaled, count, *integers, quantizer.rounding, zero, codes);
  if (const auto* format = std::get_if<SmallFloat>(&codec))
    loops().encode_float(scaled, count, *format, codes);
}

void decode(const Codec& codec, int bits, const std::uint8_t* codes, std::size_t count,
            const GroupStretch& groups, float* out) {
  if (const auto* integers = std::get_if<Integers>(&codec))
    loops().decode_integers(codes, count, *integers, bits, groups, out);
  if (const auto* format = std::get_if<SmallFloat>(&codec))
    loops().decode_float(codes, count, *format, groups, out);
  if (const auto* book = std::get_if<Codebook>(&codec))
    loops().decode_codebook(codes, count, book->values, groups, out);
  if (std::holds_alternative<DynamicMap>(codec))
    loops().decode_codebook(codes, count, dynamic_map(), groups, out);
  if (std::holds_alternative<PowerOfTwo>(codec))
    loops().decode_codebook(codes, count, powers_of_two(), groups, out);
}

std::array<float, 256> decode_table(const Codec& codec, int bits) {
  std::array<float, 256> values{};
  if (std::holds_alternative<DynamicMap>(codec)) {
    std::ranges::copy(dynamic_map(), values.begin());
    return values;
  }
  std::visit(
      [&](const auto& of) {
        for (int code = 0; code < 1 << std::min(bits, 8); ++code)
          values[static_cast<std::size_t>(code)] = value_of(of, bits, code);
      },
      codec);
  return values;
}

}  // namespace qbench::reference
