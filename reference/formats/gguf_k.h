// SPDX-License-Identifier: Apache-2.0
// q2_k q3_k q4_k q5_k q6_k: GGUF's K-quants. Steps (and minima) of groups of 16 or 32 along k are
// small integers, under f16 scales of every 256 weights; all of them are searched for.
#pragma once

#include <array>

#include "reference/formats/gguf.h"

namespace qbench {

inline constexpr int kGgufBlocksOf16[] = {16};

// `count` numbers share an f16 scale.
constexpr GroupNumber under_f16(const Storage& storage, int count) {
  return {.storage = storage, .outer = OuterLevel{.size = count, .storage = stored::f16}};
}

// Steps and minima have `number_bits` bits, and each a scale for 256 weights.
constexpr Format steps_and_minima(int bits, int number_bits, int count) {
  const GroupNumber number = under_f16(stored::unsigned_integer(number_bits), count);
  Format format = gguf_groups(bits, Integers{.lowest = 0, .highest = (1 << bits) - 1}, number);
  format.zero = Zero::minimum;
  format.zero_number = number;
  return format;
}

inline constexpr Mode kQ2_K =
    gguf_mode("q2_k", "GGUF: 2-bit integers, 4-bit steps and minima per 16, f16 scales per 256",
              "ggml, quantize_row_q2_K_ref", steps_and_minima(2, 4, 16),
              {.search = LeastSquares{.first = -0.5f,
                                      .increment = 0.1f,
                                      .steps = 15,
                                      .weight = LeastSquares::Weight::magnitude,
                                      .absolute = true}},
              kGgufBlocksOf16);

inline constexpr Mode kQ3_K = gguf_mode(
    "q3_k", "GGUF: 3-bit integers, 6-bit steps per 16, an f16 scale per 256",
    "ggml, quantize_row_q3_K_ref",
    gguf_groups(3, Integers{.lowest = -4, .highest = 3}, under_f16(stored::signed_integer(6), 16)),
    {.search = CodeDescent{.sweeps = 5, .zeros = {.least = 0x1p-149f, .stored = -32}}},
    kGgufBlocksOf16);

inline constexpr Mode kQ4_K =
    gguf_mode("q4_k", "GGUF: 4-bit integers, 6-bit steps and minima per 32, f16 scales per 256",
              "ggml, quantize_row_q4_K_ref", steps_and_minima(4, 6, 8),
              {.search = LeastSquares{.first = -1,
                                      .increment = 0.1f,
                                      .steps = 20,
                                      .weight = LeastSquares::Weight::magnitude_and_rms,
                                      .absolute = false}},
              kGgufBlockSizes);

inline constexpr Mode kQ5_K =
    gguf_mode("q5_k", "GGUF: 5-bit integers, 6-bit steps and minima per 32, f16 scales per 256",
              "ggml, quantize_row_q5_K_ref", steps_and_minima(5, 6, 8),
              {.search = LeastSquares{.first = -0.5f,
                                      .increment = 0.1f,
                                      .steps = 15,
                                      .weight = LeastSquares::Weight::magnitude_and_rms,
                                      .absolute = false}},
              kGgufBlockSizes);

inline constexpr Mode kQ6_K =
    gguf_mode("q6_k", "GGUF: 6-bit integers, 8-bit steps per 16, an f16 scale per 256",
              "ggml, quantize_row_q6_K_ref",
              gguf_groups(6, Integers{.lowest = -32, .highest = 31},
                          under_f16(stored::signed_integer(8), 16)),
              {.search = StepCandidates{.each_side = 9,
                                        .increment = 0.1f,
                                        .zeros = {.least = kLeastMagnitude, .stored = 0}}},
              kGgufBlocksOf16);

inline constexpr std::array kGgufKModes = {&kQ2_K, &kQ3_K, &kQ4_K, &kQ5_K, &kQ6_K};

}  // namespace qbench
