// SPDX-License-Identifier: Apache-2.0
// tq1_0 tq2_0 q2_0, q1_0: GGUF's trits under an absmax, made for weights that are ternary already,
// and its signs under a mean magnitude; f16 scales.
#pragma once

#include <array>

#include "reference/formats/gguf.h"
#include "reference/formats/ternary.h"

namespace qbench {

inline constexpr int kGgufBlocksOf64[] = {64}, kGgufBlocksOf128[] = {128},
                     kGgufBlocksOf256[] = {256};

// Two bits have a fourth level, which is decoded but never written.
inline constexpr float kGgufTritValues[] = {-1, 0, 1, 2};
inline constexpr Codebook kGgufTrits = {.values = kGgufTritValues, .origin = "code - 1"};

// Halves go away from zero.
inline constexpr float kGgufTritThresholds[] = {-0.5f, 0x1.fffffep-2f};

constexpr Mode gguf_trits(std::string_view name, std::string_view summary, std::string_view source,
                          Packing packing, std::span<const int> block_sizes) {
  Format format = gguf_groups(2, kGgufTrits, {.storage = stored::f16});
  format.packing = packing;
  Quantizer quantizer = by_exact_step(Statistic::absmax, 1, Rounding::thresholds);
  quantizer.thresholds = {.at = kGgufTritThresholds};
  quantizer.zeros_under_zero = true;
  return gguf_mode(name, summary, source, format, quantizer, block_sizes);
}

inline constexpr Mode kTq1_0 =
    gguf_trits("tq1_0", "GGUF: trits, five a byte, an f16 absmax per 256 along k",
               "ggml, quantize_row_tq1_0_ref", Packing::trits, kGgufBlocksOf256);
inline constexpr Mode kTq2_0 =
    gguf_trits("tq2_0", "GGUF: trits in 2 bits, an f16 absmax per 256 along k",
               "ggml, quantize_row_tq2_0_ref", Packing::low_first, kGgufBlocksOf256);
inline constexpr Mode kQ2_0 =
    gguf_trits("q2_0", "GGUF: trits in 2 bits, an f16 absmax per 64 along k",
               "ggml, quantize_row_q2_0_ref", Packing::low_first, kGgufBlocksOf64);

inline constexpr Mode kQ1_0 = gguf_mode(
    "q1_0", "GGUF: signs, an f16 mean magnitude per 128 along k", "ggml, quantize_row_q1_0_ref",
    gguf_groups(1, kSigns, {.storage = stored::f16}), {.search = SignAndMean{}}, kGgufBlocksOf128);

inline constexpr std::array kGgufTernaryModes = {&kTq1_0, &kTq2_0, &kQ1_0, &kQ2_0};

}  // namespace qbench
