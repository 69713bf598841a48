// SPDX-License-Identifier: Apache-2.0
// One overload for each codec: another alternative of Codec does not compile until it has one.
#include "harness/explain/codec_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <span>
#include <vector>

#include "reference/planes/codec.h"

namespace qbench {
namespace {

constexpr std::size_t kMostLevels = 32, kFewLevels = 8;

// In as few digits as tell them from all other floats.
std::vector<std::string> written(std::span<const float> values) {
  std::vector<std::string> out;
  for (const float value : values) out.push_back(fmt::format("{}", value));
  return out;
}

// All of them or, of a long table, both ends.
std::string levels(std::span<const float> values) {
  if (values.size() <= kMostLevels) return fmt::format("{}", fmt::join(written(values), " "));
  return fmt::format("{} ... {}", fmt::join(written(values.first(kFewLevels)), " "),
                     fmt::join(written(values.last(kFewLevels)), " "));
}

std::string special_codes(const SmallFloat& format) {
  std::string out = format.infinity ? "; infinity above it" : "; no infinity";
  if (format.nan_code) return out + fmt::format(", NaN is 0x{:02x}", *format.nan_code);
  return out + ", no NaN (stored as 0)";
}

// Those of the codes without a sign, where they are few.
std::string levels(const SmallFloat& format) {
  const int bits = 1 + format.exponent_bits + format.mantissa_bits;
  const std::size_t count = std::size_t{1} << (bits - 1);
  if (count > kMostLevels) return "";
  const auto values = reference::decode_table(format, bits);
  return fmt::format(": {} and their negatives", levels(std::span(values).first(count)));
}

std::string name_of(const SmallFloat& format) {
  return fmt::format("E{}M{}", format.exponent_bits, format.mantissa_bits);
}

// --- Codecs of weights

// Trits have no fourth digit, whatever the table of their codec has there.
std::string of_weights(const Codebook& book, const Format& format) {
  const bool trits = format.packing == Packing::trits;
  const auto values = book.values.first(trits ? 3 : book.values.size());
  return fmt::format("{} numbers, by {}: {} ({})", values.size(), trits ? "digit" : "code",
                     levels(values), book.origin);
}

std::string of_weights(const Integers& integers, const Format&) {
  return fmt::format("the integers {} to {}{}", integers.lowest, integers.highest,
                     integers.lowest < 0 ? ", in two's complement" : "");
}

std::string of_weights(const SmallFloat& format, const Format&) {
  const std::string few = levels(format);
  return fmt::format(
      "the float {}: a sign, {} bits of exponent (bias {}), {} of mantissa, with subnormals{}{}{}",
      name_of(format), format.exponent_bits, format.bias, format.mantissa_bits,
      few.empty() ? fmt::format("; the largest is {:g}", format.largest) : "",
      special_codes(format), few);
}

std::string of_weights(const PowerOfTwo&, const Format&) {
  return "2^(code - 127) (E8M0); 255 is NaN";
}

std::string of_weights(const DynamicMap&, const Format&) {
  return "bitsandbytes' signed dynamic map: 256 values above -1 and up to 1, dense near 0";
}

std::string of_weights(const Vectors& vectors, const Format&) {
  const std::size_t count = vectors.values.size() / static_cast<std::size_t>(vectors.length);
  return fmt::format(
      "a table of {} vectors of {} neighbouring weights, found by {}; the first: {}", count,
      vectors.length,
      vectors.signs ? "the low bits of a code, whose high bits are the signs" : "their code",
      levels(vectors.values.first(static_cast<std::size_t>(vectors.length))));
}

std::string of_weights(const Plain& plain, const Format&) {
  return fmt::format("none: every weight is kept as {}", name(plain.dtype));
}

// --- Codecs of scales and zero points, in short

std::string in_short(const Codebook& book) {
  return fmt::format("a table of {} values", book.values.size());
}
std::string in_short(const Integers& integers) {
  return fmt::format("an integer {} to {}", integers.lowest, integers.highest);
}
std::string in_short(const SmallFloat& format) {
  return fmt::format("{} up to {:g}", name_of(format), format.largest);
}
std::string in_short(const PowerOfTwo&) { return "a power of two, 2^(code - 127) (E8M0)"; }
std::string in_short(const DynamicMap&) { return "a value of bitsandbytes' dynamic map"; }
std::string in_short(const Vectors& vectors) {
  return fmt::format("vectors of {} numbers", vectors.length);
}
std::string in_short(const Plain& plain) { return std::string(name(plain.dtype)); }

// --- Bytes that hold several codes

// Five digits in base 3, the first with the weight 1.
std::string digits_text(unsigned byte) {
  std::string out = fmt::format("{:#04x} = {}", byte, byte % 3);
  for (unsigned weight = 3; weight < 243; weight *= 3)
    out += fmt::format(" + {}*{}", byte / weight % 3, weight);
  return out;
}

// The bits of each code, the highest bit first; the top ones may be a part of one.
std::string bits_text(unsigned byte, int bits) {
  std::string out;
  for (int bit = 7; bit >= 0; --bit) {
    out += (byte >> bit & 1) != 0 ? '1' : '0';
    if (bit > 0 && bit % bits == 0) out += ' ';
  }
  return out;
}

}  // namespace

std::string levels_text(const Format& format) {
  return std::visit([&](const auto& codec) { return of_weights(codec, format); }, format.codec);
}

std::string storage_text(const Storage& storage) {
  return fmt::format("{} bits: {}", storage.bits,
                     std::visit([](const auto& of) { return in_short(of); }, storage.codec));
}

std::string short_name(const Storage& storage) {
  const auto* small = std::get_if<SmallFloat>(&storage.codec);
  return small ? name_of(*small)
               : std::visit([](const auto& of) { return in_short(of); }, storage.codec);
}

std::string packing_text(const Format& format) {
  if (format.packing == Packing::trits)
    return "digits in base 3, five a byte, every 256 in 52 bytes";
  const std::string width =
      format.bits == 1 ? "1 bit each, " : fmt::format("{} bits each, ", format.bits);
  if (format.bits % 8 == 0) return width + "in bytes of their own, the lowest first";
  if (format.bits != 4) return width + "as one stream of bits, the first in the lowest";
  return width + (format.packing == Packing::high_first ? "two a byte, the first in the high half"
                                                        : "two a byte, the first in the low half");
}

std::string first_byte_text(const Format& format, std::byte byte) {
  const auto value = std::to_integer<unsigned>(byte);
  if (format.packing == Packing::trits) return digits_text(value);
  if (format.bits == 4 || format.bits >= 8) return "";
  return fmt::format("{:#04x} = {}, code 0 on the right", value, bits_text(value, format.bits));
}

}  // namespace qbench
