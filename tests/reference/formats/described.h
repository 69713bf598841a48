// SPDX-License-Identifier: Apache-2.0
// A mode read from its description alone, slowly and in double, sharing no code with the reference.
#pragma once

#include <stdexcept>

#include "tests/reference/rounding.h"

namespace qbench::test::described {

// --- Codecs

inline double value(const Codebook& codebook, int, int code) {
  return double{codebook.values[static_cast<std::size_t>(code)]};
}
inline double value(const Integers& integers, int bits, int code) {
  const bool negative = integers.lowest < 0 && code >> (bits - 1) != 0;
  return negative ? code - (1 << bits) : code;
}
// Infinity or NaN beyond the largest.
inline double value(const SmallFloat& format, int, int code) {
  const int magnitude = code & ((1 << (format.exponent_bits + format.mantissa_bits)) - 1);
  const int exponent = magnitude >> format.mantissa_bits;
  const double fraction = std::ldexp(magnitude, -format.mantissa_bits) - exponent;
  const double size = exponent == 0 ? std::ldexp(fraction, 1 - format.bias)
                                    : std::ldexp(1 + fraction, exponent - format.bias);
  if (size > double{format.largest} && !(format.infinity && fraction == 0)) return std::nan("");
  if (size > double{format.largest}) return code == magnitude ? HUGE_VAL : -HUGE_VAL;
  return code == magnitude ? size : -size;
}
// No mode of the table has codes of the others.
template <class Other>
double value(const Other&, int, int) {
  throw std::logic_error("a codec that these tests do not know: describe it here");
}

// The value of a code before its scale; NaN for one that is never written and means nothing.
inline double value(const Mode& mode, int code) {
  return std::visit([&](const auto& codec) { return value(codec, mode.format.bits, code); },
                    mode.format.codec);
}

inline int code_by(const Thresholds& thresholds, int bits, double x) {
  const double ranked = thresholds.sign_magnitude ? std::abs(x) : x;
  const auto rank =
      std::ranges::count_if(thresholds.at, [&](float t) { return double{t} < ranked; });
  const int code = thresholds.codes.empty() ? static_cast<int>(rank)
                                            : thresholds.codes[static_cast<std::size_t>(rank)];
  const bool sign = thresholds.sign_magnitude && x <= -0x1p-126;
  return code | (sign ? 1 << (bits - 1) : 0);
}
inline int code_of(const Integers& integers, int bits, Rounding rounding, double x, int zero) {
  const double rounded = rounding == Rounding::half_up     ? std::floor(x + 0.5)
                         : rounding == Rounding::half_away ? std::round(x)
                                                           : std::nearbyint(x);
  return static_cast<int>(std::clamp<double>(rounded + zero, integers.lowest, integers.highest)) &
         ((1 << bits) - 1);
}
// The nearest magnitude, of two the even code.
inline int code_of(const SmallFloat& format, int bits, double x) {
  const int sign = 1 << (bits - 1);
  const double size = std::min(std::abs(x), double{format.largest});
  int best = 0;
  for (int code = 1; code < sign && std::isfinite(value(format, bits, code)); ++code) {
    const double gain =
        std::abs(value(format, bits, best) - size) - std::abs(value(format, bits, code) - size);
    if (gain > 0 || (gain == 0 && code % 2 == 0)) best = code;
  }
  return best | (std::signbit(x) ? sign : 0);
}

// The code of a scaled weight; `zero` is the zero point.
inline int code_of(const Mode& mode, double scaled, int zero) {
  const int bits = mode.format.bits;
  if (mode.quantizer.rounding == Rounding::thresholds)
    return code_by(mode.quantizer.thresholds, bits, scaled);
  if (const auto* integers = std::get_if<Integers>(&mode.format.codec))
    return code_of(*integers, bits, mode.quantizer.rounding, scaled, zero);
  return code_of(std::get<SmallFloat>(mode.format.codec), bits, scaled);
}

// Scaled weights at which the code changes.
inline std::vector<float> thresholds(const Mode& mode) {
  std::vector<float> out;
  if (mode.quantizer.rounding == Rounding::thresholds) {
    const Thresholds& thresholds = mode.quantizer.thresholds;
    out.assign(thresholds.at.begin(), thresholds.at.end());
    if (thresholds.sign_magnitude)
      for (const float threshold : thresholds.at) out.push_back(-threshold);
    return out;
  }
  std::vector<double> values;
  for (int code = 0; code < 1 << mode.format.bits; ++code)
    if (const double meaning = value(mode, code); std::isfinite(meaning)) values.push_back(meaning);
  std::ranges::sort(values);
  for (std::size_t i = 1; i < values.size(); ++i)
    out.push_back(static_cast<float>((values[i - 1] + values[i]) / 2));
  return out;
}

// --- Scales

// Weights that give their group the step 1, and the zero point `zero` where the mode has one.
inline std::vector<float> anchors(const Mode& mode, int zero) {
  if (mode.format.zero == Zero::none) return {mode.quantizer.qmax};
  return {static_cast<float>(-zero), mode.quantizer.qmax - static_cast<float>(zero)};
}

inline std::vector<int> zero_points(const Mode& mode) {
  if (mode.format.zero == Zero::none) return {0};
  const int highest = static_cast<int>(mode.quantizer.qmax);
  return {0, 1, std::min(7, highest - 1), highest};
}

// The largest magnitude that does not change the scale which `anchors` give, or a little less.
inline float most_beside_anchors(const Mode& mode) {
  const float qmax = mode.quantizer.qmax;
  if (!std::holds_alternative<PowerOfTwo>(mode.format.scale.storage.codec)) return qmax;
  const Exponent rule = mode.quantizer.exponent;
  if (rule == Exponent::ceil || rule == Exponent::rceil) return qmax;
  const int mantissa = rule == Exponent::floor ? 23 : mantissa_bits(mode.format.codec);
  return qmax * (2 - std::ldexp(1.0f, -mantissa - 1)) * 0.9995f;
}

// --- Groups

struct Group {
  std::int64_t begin, end;  // of the flattened matrix; of a tile, in its first line
};

inline std::vector<Group> groups(const Mode& mode, std::int64_t size, std::int64_t rows,
                                 std::int64_t cols) {
  const Granularity granularity = mode.format.granularity;
  const bool along_rows = granularity == Granularity::group || granularity == Granularity::row ||
                          granularity == Granularity::tile;
  const std::int64_t line = along_rows && size != kWholeTensor ? cols : rows * cols;
  if (granularity == Granularity::row || granularity == Granularity::tensor || size < 0)
    size = line;
  std::vector<Group> out;
  for (std::int64_t start = 0; start < rows * cols; start += line * mode.format.tile_rows)
    for (std::int64_t begin = 0; begin < line; begin += size)
      out.push_back({start + begin, start + std::min(begin + size, line)});
  return out;
}

inline std::int64_t up(std::int64_t count, std::int64_t size) { return (count + size - 1) / size; }

inline std::int64_t bytes_of_numbers(const Mode& mode, const GroupNumber& number,
                                     std::int64_t groups, std::int64_t rows) {
  const std::int64_t own = up(groups * number.storage.bits, 8);
  if (!number.outer) return own;
  // Numbers of a row of weights share an outer one; those of blocks know no rows.
  const std::int64_t lines = mode.format.granularity == Granularity::block ? 1 : rows;
  const std::int64_t shared =
      number.outer->size == 0 ? 1 : lines * up(groups / lines, number.outer->size);
  return own + up(shared * number.outer->storage.bits, 8) + (number.outer->less_mean ? 4 : 0);
}

// Trits lie five a byte, and every 256 begin at a byte of their own.
inline std::int64_t bytes_of_codes(const Format& format, std::int64_t count) {
  if (format.packing == Packing::trits) return count / 256 * up(256, 5) + up(count % 256, 5);
  return up(count * format.bits, 8);
}

inline std::int64_t bytes(const Mode& mode, std::int64_t size, std::int64_t rows,
                          std::int64_t cols) {
  const std::int64_t codes = bytes_of_codes(mode.format, rows * cols);
  if (!mode.quantized()) return codes;
  const auto count = static_cast<std::int64_t>(groups(mode, size, rows, cols).size());
  const bool has_zeros = mode.format.zero != Zero::none;
  return codes + bytes_of_numbers(mode, mode.format.scale, count, rows) +
         (has_zeros ? bytes_of_numbers(mode, mode.format.zero_number, count, rows) : 0);
}

// The code of each weight as it lies in the plane.
inline int code_at(const QuantizedMatrix& q, std::int64_t i) {
  if (q.format->packing == Packing::trits) {
    constexpr int kPowers[] = {1, 3, 9, 27, 81};
    const auto byte = static_cast<std::size_t>(i / 256 * 52 + i % 256 / 5);
    return static_cast<int>(q.codes[byte]) / kPowers[i % 256 % 5] % 3;
  }
  if (q.format->bits == 4) return nibble(q.codes, i, q.format->packing);
  int code = 0;  // of a stream of bits
  for (std::int64_t bit = 0; bit < q.format->bits; ++bit) {
    const std::int64_t at = i * q.format->bits + bit;
    code |= (static_cast<int>(q.codes[static_cast<std::size_t>(at / 8)]) >> at % 8 & 1) << bit;
  }
  return code;
}
inline std::vector<int> codes_of(const QuantizedMatrix& q) {
  std::vector<int> out;
  for (std::int64_t i = 0; i < q.size(); ++i) out.push_back(code_at(q, i));
  return out;
}

}  // namespace qbench::test::described
