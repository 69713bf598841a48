// SPDX-License-Identifier: Apache-2.0
// q4_0 q4_1 q5_0 q5_1 q8_0: GGUF's integers with an f16 step, and for the _1 an f16 minimum, per 32
// along k. Codes are found with the exact step, by its reciprocal; then it is stored as f16.
#pragma once

#include <array>

#include "reference/mode.h"

namespace qbench {

inline constexpr int kGgufBlockSizes[] = {32};

constexpr Mode gguf_mode(std::string_view name, std::string_view summary, std::string_view source,
                         const Format& format, const Quantizer& quantizer,
                         std::span<const int> block_sizes) {
  return {.name = name,
          .summary = summary,
          .family = "gguf",
          .used_by = "llama.cpp",
          .source = source,
          .format = format,
          .quantizer = quantizer,
          .block_size = block_sizes[0],
          .block_sizes = block_sizes};
}

// The groups run along k.
constexpr Format gguf_groups(int bits, const Codec& codec, const GroupNumber& scale) {
  return {.bits = bits, .codec = codec, .granularity = Granularity::group, .scale = scale};
}

constexpr Quantizer by_exact_step(Statistic statistic, float qmax, Rounding rounding) {
  return {.statistic = statistic,
          .qmax = qmax,
          .rule = Rule::multiply_by_reciprocal,
          .rounding = rounding,
          .codes_from = CodesFrom::exact_scale};
}

// The weight of largest magnitude goes to the lowest code, whatever its sign.
constexpr Mode gguf_signed(std::string_view name, std::string_view summary, std::string_view source,
                           int bits) {
  const int lowest = -(1 << (bits - 1));
  return gguf_mode(
      name, summary, source,
      gguf_groups(bits, Integers{.lowest = lowest, .highest = -lowest - 1},
                  {.storage = stored::f16}),
      by_exact_step(Statistic::signed_absmax, static_cast<float>(lowest), Rounding::half_up),
      kGgufBlockSizes);
}

constexpr Mode gguf_with_minimum(std::string_view name, std::string_view summary,
                                 std::string_view source, int bits) {
  const int highest = (1 << bits) - 1;
  Format format =
      gguf_groups(bits, Integers{.lowest = 0, .highest = highest}, {.storage = stored::f16});
  format.zero = Zero::minimum;
  format.zero_number = {.storage = stored::f16};
  return gguf_mode(name, summary, source, format,
                   by_exact_step(Statistic::range, static_cast<float>(highest), Rounding::half_up),
                   kGgufBlockSizes);
}

inline constexpr Mode kQ4_0 =
    gguf_signed("q4_0", "GGUF: 4-bit integers with an f16 step per 32 along k",
                "ggml, quantize_row_q4_0_ref", 4);
inline constexpr Mode kQ4_1 =
    gguf_with_minimum("q4_1", "GGUF: 4-bit integers with an f16 step and minimum per 32 along k",
                      "ggml, quantize_row_q4_1_ref", 4);
inline constexpr Mode kQ5_0 =
    gguf_signed("q5_0", "GGUF: 5-bit integers with an f16 step per 32 along k",
                "ggml, quantize_row_q5_0_ref", 5);
inline constexpr Mode kQ5_1 =
    gguf_with_minimum("q5_1", "GGUF: 5-bit integers with an f16 step and minimum per 32 along k",
                      "ggml, quantize_row_q5_1_ref", 5);
inline constexpr Mode kQ8_0 = gguf_mode(
    "q8_0", "GGUF: 8-bit integers with an f16 step per 32 along k", "ggml, quantize_row_q8_0_ref",
    gguf_groups(8, Integers{.lowest = -127, .highest = 127}, {.storage = stored::f16}),
    by_exact_step(Statistic::absmax, 127, Rounding::half_away), kGgufBlockSizes);

inline constexpr std::array kGgufModes = {&kQ4_0, &kQ4_1, &kQ5_0, &kQ5_1, &kQ8_0};

}  // namespace qbench
