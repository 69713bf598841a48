// SPDX-License-Identifier: Apache-2.0
// The meaning of the numbers in the planes, one weight at a time, in the words of
// reference/formats/format.h. It shares nothing with the reference but the description.
#pragma once

#include "reference/planes/stored_numbers.h"
#include "tests/formats/planes.h"

namespace qbench::test {

inline float value_of(const Codebook& book, int, std::int64_t code) {
  return book.values[static_cast<std::size_t>(code)];
}
inline float value_of(const Integers& integers, int bits, std::int64_t code) {
  const bool negative = integers.lowest < 0 && (code >> (bits - 1) & 1) != 0;
  return static_cast<float>(negative ? code - (1 << bits) : code);
}
inline float value_of(const SmallFloat& f, int, std::int64_t code) {
  const std::int64_t magnitude = code & ((1 << (f.exponent_bits + f.mantissa_bits)) - 1);
  const auto exponent = static_cast<int>(magnitude >> f.mantissa_bits);
  const double mantissa =
      std::ldexp(static_cast<double>(magnitude & ((1 << f.mantissa_bits) - 1)), -f.mantissa_bits);
  const double value = exponent == 0 ? std::ldexp(mantissa, 1 - f.bias)
                                     : std::ldexp(1 + mantissa, exponent - f.bias);
  return static_cast<float>(magnitude == code ? value : -value);
}
inline float value_of(const PowerOfTwo&, int, std::int64_t code) {
  return static_cast<float>(std::ldexp(1.0, static_cast<int>(code) - 127));
}
inline float value_of(const DynamicMap&, int, std::int64_t code) {
  return reference::dynamic_map()[static_cast<std::size_t>(code)];
}
inline float value_of(const Vectors&, int, std::int64_t) { return kNan; }
inline float value_of(const Plain& plain, int, std::int64_t bits) {
  if (plain.dtype == Dtype::fp16)
    return static_cast<float>(fp16_value(static_cast<std::uint16_t>(bits)));
  return from_bits(static_cast<std::uint32_t>(plain.dtype == Dtype::bf16 ? bits << 16 : bits));
}
inline float value_of(const Codec& codec, int bits, std::int64_t code) {
  return std::visit([&](const auto& of) { return value_of(of, bits, code); }, codec);
}

// Where the numbers of a weight stand. A row has more than one group, or is one.
struct Definition {
  const Format& format;
  int block_size;
  std::int64_t rows, cols;

  std::int64_t groups_a_row() const { return (cols + block_size - 1) / block_size; }
  std::int64_t group_of(std::int64_t r, std::int64_t c, const Numbers& numbers) const {
    const auto column = static_cast<std::size_t>(c);
    const std::int64_t in_row = format.ordered ? numbers.order[column] : c / block_size;
    switch (format.granularity) {
      case Granularity::block:
        return (r * cols + c) / block_size;
      case Granularity::group:
        return r * groups_a_row() + in_row;
      case Granularity::tile:
        return r / format.tile_rows * groups_a_row() + in_row;
      case Granularity::row:
        return r;
      case Granularity::tensor:
        break;
    }
    return 0;
  }
  // The group of the level above that a group belongs to.
  std::int64_t outer_of(std::int64_t group, const OuterLevel& outer) const {
    if (outer.size == 0) return 0;
    if (format.granularity != Granularity::group) return group / outer.size;
    const std::int64_t outers_a_row = (groups_a_row() + outer.size - 1) / outer.size;
    return group / groups_a_row() * outers_a_row + group % groups_a_row() / outer.size;
  }

  float number(const GroupNumber& how, std::int64_t group, const std::vector<std::int64_t>& numbers,
               const std::vector<std::int64_t>& outers) const {
    const float number =
        value_of(how.storage.codec, how.storage.bits, numbers.at(static_cast<std::size_t>(group)));
    if (!how.outer) return number;
    const auto outer = static_cast<std::size_t>(outer_of(group, *how.outer));
    return number * value_of(how.outer->storage.codec, how.outer->storage.bits, outers.at(outer));
  }

  float value(std::int64_t element, const Numbers& numbers) const {
    const auto* vectors = std::get_if<Vectors>(&format.codec);
    if (vectors == nullptr)
      return value_of(format.codec, format.bits, numbers.codes[static_cast<std::size_t>(element)]);
    const std::int64_t length = vectors->length, i = element % length;
    const std::int64_t code = numbers.codes[static_cast<std::size_t>(element / length)];
    const std::int64_t vectors_in_all = static_cast<std::int64_t>(vectors->values.size()) / length;
    const float value =
        vectors->values[static_cast<std::size_t>(code % vectors_in_all * length + i)];
    return vectors->signs && (code / vectors_in_all >> i & 1) != 0 ? -value : value;
  }

  float weight(std::int64_t r, std::int64_t c, const Numbers& all) const {
    const std::int64_t group = group_of(r, c, all);
    const float zero = format.zero == Zero::none
                           ? 0.0f
                           : number(format.zero_number, group, all.zeros, all.zeros_outer);
    float weight = value(r * cols + c, all);
    if (format.zero == Zero::point) weight -= zero;
    weight *= number(format.scale, group, all.scales, all.outer);
    weight *= 1 / format.qmax;
    return format.zero == Zero::minimum ? weight + zero : weight;
  }
};

}  // namespace qbench::test
