// SPDX-License-Identifier: Apache-2.0
// Codecs against searches in double, packing against a string of bits, and decoding from any
// element on.
#include "reference/planes/codec.h"

#include "reference/formats/small_floats.h"
#include "reference/simd/loops.h"
#include "tests/catch.h"
#include "tests/reference/matrices.h"

namespace qbench::test {
namespace {

std::vector<int> encoded(const Codec& codec, int bits, const std::vector<float>& scaled,
                         float zero = 0, Rounding rounding = Rounding::nearest_even) {
  std::vector<std::uint8_t> codes(scaled.size());
  reference::encode(codec, bits, {.rounding = rounding}, scaled.data(), scaled.size(), zero,
                    codes.data());
  return {codes.begin(), codes.end()};
}

// --- Small floats

// A format, and its least and largest magnitudes as the specifications list them.
struct Listed {
  const char* name;
  SmallFloat codec;
  double least, least_normal;
  int largest_code;
};
const Listed kFormats[] = {{"E4M3", kE4M3, 0x1p-9, 0x1p-6, 0x7e},
                           {"E5M2", kE5M2, 0x1p-16, 0x1p-14, 0x7b},
                           {"E2M3", kE2M3, 0.125, 1, 0x1f},
                           {"E3M2", kE3M2, 0.0625, 0.25, 0x1f},
                           {"E2M1", kE2M1, 0.5, 1, 7}};

int width(const SmallFloat& format) { return 1 + format.exponent_bits + format.mantissa_bits; }

// The magnitudes of codes 0 .. largest_code.
std::vector<double> magnitudes(const Listed& format) {
  std::vector<double> values;
  for (int code = 0; code <= format.largest_code; ++code) {
    const double mantissa = code % (1 << format.codec.mantissa_bits);
    const int exponent = code >> format.codec.mantissa_bits;
    const double fraction = std::ldexp(mantissa, -format.codec.mantissa_bits);
    values.push_back(exponent == 0 ? std::ldexp(fraction, 1 - format.codec.bias)
                                   : std::ldexp(1 + fraction, exponent - format.codec.bias));
  }
  return values;
}

TEST_CASE("small floats mean what their specifications list") {
  for (const Listed& format : kFormats) {
    CAPTURE(format.name);
    const auto table = reference::decode_table(format.codec, width(format.codec));
    const std::vector<double> values = magnitudes(format);
    const int sign = 1 << (width(format.codec) - 1);
    for (int code = 0; code < sign; ++code) {
      CAPTURE(code);
      if (format.codec.infinity && code == format.largest_code + 1) {
        CHECK(table[code] == kInf);
        CHECK(table[code | sign] == -kInf);
      } else if (code > format.largest_code) {
        CHECK(std::isnan(table[code]));
        CHECK(std::isnan(table[code | sign]));
      } else {
        CHECK(bits_of(table[code]) == bits_of(static_cast<float>(values[code])));
        CHECK(bits_of(table[code | sign]) == bits_of(-table[code]));
      }
    }
    CHECK(table[1] == format.least);
    CHECK(table[1 << format.codec.mantissa_bits] == format.least_normal);
    CHECK(table[format.largest_code] == format.codec.largest);
  }
}

// The nearest of the magnitudes, a tie to the even code, by trying all.
int nearest_code(const Listed& format, const std::vector<double>& values, float x) {
  if (std::isnan(x)) return format.codec.nan_code.value_or(0);
  const double magnitude = std::min(std::abs(double{x}), values.back());
  int best = 0;
  for (int code = 1; code <= format.largest_code; ++code) {
    const double gain = std::abs(values[best] - magnitude) - std::abs(values[code] - magnitude);
    if (gain > 0 || (gain == 0 && code % 2 == 0)) best = code;
  }
  return best | (std::signbit(x) ? 1 << (width(format.codec) - 1) : 0);
}

TEST_CASE("small floats round to nearest even, saturate, and keep the sign of 0") {
  for (const Listed& format : kFormats) {
    CAPTURE(format.name);
    const std::vector<double> values = magnitudes(format);
    std::vector<float> inputs = {0, kInf, kNan, 3e38f, 0x1p-149f, 0x1p-126f, 0x1p-120f};
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double next = i + 1 < values.size() ? values[i + 1] : 1.5 * values[i];
      const auto value = static_cast<float>(values[i]);
      const auto midpoint = static_cast<float>((values[i] + next) / 2);
      inputs.insert(inputs.end(), {below(value), value, above(value), below(midpoint), midpoint,
                                   above(midpoint)});
    }
    for (const float x : random_values(2000, 17))
      inputs.push_back(std::ldexp(x, static_cast<int>(inputs.size() % 24) - 14));
    for (std::size_t i = inputs.size(); i-- > 0;) inputs.push_back(-inputs[i]);
    std::vector<int> expected;
    for (const float x : inputs) expected.push_back(nearest_code(format, values, x));
    CHECK(difference(encoded(format.codec, width(format.codec), inputs), expected) == "");
  }
}

// --- Integers

TEST_CASE("integers are two's complement where they have negative numbers") {
  const auto signed8 = reference::decode_table(Integers{.lowest = -127, .highest = 127}, 8);
  const auto signed4 = reference::decode_table(Integers{.lowest = -8, .highest = 7}, 4);
  const auto unsigned6 = reference::decode_table(Integers{.lowest = 0, .highest = 63}, 6);
  for (int i = -127; i <= 127; ++i) CHECK(signed8[i & 255] == static_cast<float>(i));
  for (int i = -8; i <= 7; ++i) CHECK(signed4[i & 15] == static_cast<float>(i));
  for (int i = 0; i <= 63; ++i) CHECK(unsigned6[i] == static_cast<float>(i));
}

TEST_CASE("integers round as they say, add the zero point, then clamp; NaN is 0 before it") {
  const auto rounding = GENERATE(Rounding::nearest_even, Rounding::half_up, Rounding::half_away);
  const auto [lowest, highest, zero] = GENERATE(
      table<int, int, int>({{-127, 127, 0}, {-8, 7, 0}, {0, 15, 0}, {0, 15, 7}, {0, 63, 63}}));
  CAPTURE(static_cast<int>(rounding), lowest, highest, zero);
  std::vector<float> inputs = {kInf, 3e38f, 4095.5f, 4096.5f, 1e7f, 0x1p31f, 0x1p-149f, kNan};
  for (float x = 0; x < 140; x += 0.25f) inputs.insert(inputs.end(), {below(x), x, above(x)});
  for (std::size_t i = inputs.size(); i-- > 0;) inputs.push_back(-inputs[i]);
  std::vector<int> expected;
  for (const float x : inputs) {
    const double half_up = std::floor(double{x + (0.5f - static_cast<float>(lowest))}) + lowest;
    const double nearest = rounding == Rounding::half_up     ? half_up
                           : rounding == Rounding::half_away ? std::round(double{x})
                                                             : std::nearbyint(double{x});
    const double value = std::isnan(x) ? zero : nearest + zero;
    expected.push_back(static_cast<int>(std::clamp<double>(value, lowest, highest)) & 255);
  }
  const Integers codec = {.lowest = lowest, .highest = highest};
  CHECK(difference(encoded(codec, 8, inputs, static_cast<float>(zero), rounding), expected) == "");
}

// --- Packing

// Codes as one stream of bits, the first in the lowest; 4-bit codes with the high nibble first are
// that stream with the two of each byte exchanged.
std::vector<int> packed(std::vector<int> codes, int bits, Packing order, int pad) {
  if (bits == 4 && codes.size() % 2 != 0) codes.push_back(pad);
  if (bits == 4 && order == Packing::high_first)
    for (std::size_t i = 0; i < codes.size(); i += 2) std::swap(codes[i], codes[i + 1]);
  std::vector<int> bytes((codes.size() * static_cast<std::size_t>(bits) + 7) / 8, 0);
  for (std::size_t i = 0; i < codes.size() * static_cast<std::size_t>(bits); ++i) {
    const int bit =
        codes[i / static_cast<std::size_t>(bits)] >> i % static_cast<std::size_t>(bits) & 1;
    bytes[i / 8] |= bit << i % 8;
  }
  return bytes;
}

TEST_CASE("codes of 1 to 8 bits are packed as a stream of bits and read back") {
  const int bits = GENERATE(1, 2, 3, 4, 5, 6, 7, 8);
  const auto order = GENERATE(Packing::low_first, Packing::high_first);
  const int count = GENERATE(1, 2, 3, 7, 8, 9, 31, 64, 101);
  CAPTURE(bits, order == Packing::high_first, count);
  std::mt19937 generator(18);
  std::vector<std::uint8_t> codes;
  for (int i = 0; i < count; ++i)
    codes.push_back(static_cast<std::uint8_t>(generator() & ((1u << bits) - 1)));
  const auto expected = packed({codes.begin(), codes.end()}, bits, order, 9);

  std::vector<std::byte> bytes(expected.size() + 1, std::byte{0xa5});
  reference::loops().pack(codes.data(), codes.size(), bits, order, 9, bytes.data());
  CHECK(bytes.back() == std::byte{0xa5});
  bytes.pop_back();
  CHECK(difference(numbers<std::uint8_t>(bytes), expected) == "");
  std::vector<std::uint8_t> back(codes.size());
  reference::loops().unpack(bytes.data(), back.size(), bits, order, back.data());
  CHECK(back == codes);
}

}  // namespace
}  // namespace qbench::test
