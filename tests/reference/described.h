// SPDX-License-Identifier: Apache-2.0
// A mode read from its description alone, slowly and in double, sharing no code with the reference.
#pragma once

#include "tests/reference/rounding.h"

namespace qbench::test::described {

// --- Codecs

inline double value(const Levels& levels, int, int code) {
  return double{levels.values[static_cast<std::size_t>(code)]};
}
inline double value(const Grid& grid, int bits, int code) {
  const bool negative = grid.lowest < 0 && code >> (bits - 1) != 0;
  return negative ? code - (1 << bits) : code;
}
// NaN beyond the largest.
inline double value(const SmallFloat& format, int, int code) {
  const int magnitude = code & ((1 << (format.exponent_bits + format.mantissa_bits)) - 1);
  const int exponent = magnitude >> format.mantissa_bits;
  const double fraction = std::ldexp(magnitude, -format.mantissa_bits) - exponent;
  const double size = exponent == 0 ? std::ldexp(fraction, 1 - format.bias)
                                    : std::ldexp(1 + fraction, exponent - format.bias);
  if (size > double{format.largest}) return std::nan("");
  return code == magnitude ? size : -size;
}
inline double value(const Unscaled&, int, int) { return std::nan(""); }

// What a code means before its scale; NaN for one that is never written and means nothing.
inline double value(const Mode& mode, int code) {
  return std::visit([&](const auto& codec) { return value(codec, mode.bits, code); }, mode.codec);
}

inline int code_of(const Levels& levels, int bits, double x, int) {
  const double ranked = levels.sign_magnitude ? std::abs(x) : x;
  const auto rank =
      std::ranges::count_if(levels.thresholds, [&](float t) { return double{t} < ranked; });
  const int code =
      levels.codes.empty() ? static_cast<int>(rank) : levels.codes[static_cast<std::size_t>(rank)];
  const bool sign = levels.sign_magnitude && x <= -0x1p-126;
  return code | (sign ? 1 << (bits - 1) : 0);
}
inline int code_of(const Grid& grid, int bits, double x, int zero) {
  const double rounded =
      grid.rounding == Grid::Rounding::half_up ? std::floor(x + 0.5) : std::nearbyint(x);
  return static_cast<int>(std::clamp<double>(rounded + zero, grid.lowest, grid.highest)) &
         ((1 << bits) - 1);
}
// The nearest magnitude, of two the even code.
inline int code_of(const SmallFloat& format, int bits, double x, int) {
  const int sign = 1 << (bits - 1);
  const double size = std::min(std::abs(x), double{format.largest});
  int best = 0;
  for (int code = 1; code < sign && !std::isnan(value(format, bits, code)); ++code) {
    const double gain =
        std::abs(value(format, bits, best) - size) - std::abs(value(format, bits, code) - size);
    if (gain > 0 || (gain == 0 && code % 2 == 0)) best = code;
  }
  return best | (std::signbit(x) ? sign : 0);
}
inline int code_of(const Unscaled&, int, double, int) { return -1; }

// The code of a scaled weight; `zero` is the zero point of a grid.
inline int code_of(const Mode& mode, double scaled, int zero) {
  return std::visit([&](const auto& codec) { return code_of(codec, mode.bits, scaled, zero); },
                    mode.codec);
}

// Scaled weights at which the code changes.
inline std::vector<float> thresholds(const Mode& mode) {
  std::vector<float> out;
  if (const auto* levels = std::get_if<Levels>(&mode.codec)) {
    out.assign(levels->thresholds.begin(), levels->thresholds.end());
    if (levels->sign_magnitude)
      for (const float threshold : levels->thresholds) out.push_back(-threshold);
    return out;
  }
  std::vector<double> values;
  for (int code = 0; code < 1 << mode.bits; ++code)
    if (const double meaning = value(mode, code); !std::isnan(meaning)) values.push_back(meaning);
  std::ranges::sort(values);
  for (std::size_t i = 1; i < values.size(); ++i)
    out.push_back(static_cast<float>((values[i - 1] + values[i]) / 2));
  return out;
}

// --- Scales

// Weights that give their group the step 1, and the zero point `zero` where the mode has one.
inline std::vector<float> anchors(const Mode& mode, int zero) {
  if (mode.scaling.zero == Zero::none) return {mode.scaling.full};
  return {static_cast<float>(-zero), mode.scaling.full - static_cast<float>(zero)};
}

inline std::vector<int> zero_points(const Mode& mode) {
  if (mode.scaling.zero == Zero::none) return {0};
  return {0, 1, 7, static_cast<int>(mode.scaling.full)};
}

// --- Groups

struct Group {
  std::int64_t begin, end;  // of the flattened matrix
};

inline std::vector<Group> groups(const Mode& mode, std::int64_t size, std::int64_t rows,
                                 std::int64_t cols) {
  const Extent extent = mode.scaling.extent;
  const bool along_rows = extent == Extent::group || extent == Extent::row;
  const std::int64_t line = along_rows ? cols : rows * cols;
  if (extent == Extent::row || extent == Extent::tensor) size = line;
  std::vector<Group> out;
  for (std::int64_t start = 0; start < rows * cols; start += line)
    for (std::int64_t begin = 0; begin < line; begin += size)
      out.push_back({start + begin, start + std::min(begin + size, line)});
  return out;
}

inline std::int64_t up(std::int64_t count, std::int64_t size) { return (count + size - 1) / size; }

inline int bits_of(Storage storage) {
  return storage == Storage::f32   ? 32
         : storage == Storage::f16 ? 16
         : storage == Storage::u6  ? 6
                                   : 8;
}

inline std::int64_t bytes_of_numbers(const Scaling& scaling, std::int64_t count) {
  const std::int64_t own = up(count * bits_of(scaling.storage), 8);
  if (!scaling.outer) return own;
  const std::int64_t shared = scaling.outer->size == 0 ? 1 : up(count, scaling.outer->size);
  return own + up(shared * bits_of(scaling.outer->storage), 8) +
         (scaling.outer->subtract_mean ? 4 : 0);
}

inline std::int64_t bytes(const Mode& mode, std::int64_t size, std::int64_t rows,
                          std::int64_t cols) {
  const std::int64_t codes = up(rows * cols * mode.bits, 8);
  if (!mode.quantized()) return codes;
  const auto count = static_cast<std::int64_t>(groups(mode, size, rows, cols).size());
  std::int64_t out = codes + bytes_of_numbers(mode.scaling, count);
  if (mode.scaling.zero == Zero::integer) out += up(count * mode.bits, 8);
  if (mode.scaling.zero == Zero::minimum) out += bytes_of_numbers(mode.scaling, count);
  return out;
}

}  // namespace qbench::test::described
