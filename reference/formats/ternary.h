// SPDX-License-Identifier: Apache-2.0
// b1.58, twn, ternary-ls, binary, binary-group: BitNet b1.58 (arXiv 2402.17764), TWN (arXiv
// 1605.04711) and its least squares, and the sign times the mean magnitude (XNOR-Net, arXiv
// 1603.05279). Scales are f32, those of binary-group f16. Trits lie five a byte.
#pragma once

#include <array>

#include "reference/mode.h"

namespace qbench {

inline constexpr int kBinaryBlockSizes[] = {16, 32, 64, 128, 256, 512, 1024, 2048, 4096};

// Digits 0, 1, 2; there is no digit 3.
inline constexpr float kTernaryValues[4] = {-1, 0, 1, 0};
inline constexpr Codebook kTrits = {.values = kTernaryValues, .origin = "digit - 1"};

// w / scale goes to the nearest of -1, 0 and 1, ties to 0: the lower threshold is one float below
// -1/2.
inline constexpr float kRoundedToTrits[2] = {-0.50000006f, 0.5f};
// Magnitudes above 1 leave 0; 1 itself stays, so the lower threshold is one float below -1.
inline constexpr float kAboveOne[2] = {-1.0000001f, 1};

constexpr Mode ternary(std::string_view name, std::string_view summary, std::string_view used_by,
                       std::string_view source, Granularity granularity,
                       const Quantizer& quantizer) {
  return {
      .name = name,
      .summary = summary,
      .family = "ternary",
      .used_by = used_by,
      .source = source,
      .format = {.bits = 2, .codec = kTrits, .granularity = granularity, .packing = Packing::trits},
      .quantizer = quantizer};
}

inline constexpr Mode kB158 =
    ternary("b1.58", "-1, 0, 1 times the mean magnitude of the tensor", "BitNet, bitnet.cpp",
            "BitNet b1.58 (arXiv 2402.17764)", Granularity::tensor,
            {.statistic = Statistic::mean_abs,
             .least = 1e-5f,
             .rounding = Rounding::thresholds,
             .thresholds = {.at = kRoundedToTrits}});

constexpr Quantizer by_means(int refinements) {
  return {.rounding = Rounding::thresholds,
          .thresholds = {.at = kAboveOne},
          .search = TernaryMeans{.threshold = 0.7f, .refinements = refinements}};
}
inline constexpr Mode kTwn =
    ternary("twn", "-1, 0, 1: above 0.7 of the tensor's mean magnitude, times the mean of those",
            "research", "TWN (arXiv 1605.04711)", Granularity::tensor, by_means(0));
inline constexpr Mode kTernaryLs =
    ternary("ternary-ls", "-1, 0, 1 times an f32 scale per row, by least squares", "research",
            "Lloyd's iteration from the threshold of TWN (arXiv 1605.04711)", Granularity::row,
            by_means(16));

inline constexpr float kBinaryValues[2] = {-1, 1};
inline constexpr Codebook kSigns = {.values = kBinaryValues, .origin = "the two signs"};
inline constexpr float kBelowZero[1] = {-0x1p-149f};  // a 0 is +

constexpr Mode binary(std::string_view name, std::string_view summary, Granularity granularity,
                      const Storage& scale) {
  return {.name = name,
          .summary = summary,
          .family = "ternary",
          .used_by = "research",
          .source = "XNOR-Net (arXiv 1603.05279)",
          .format = {.bits = 1,
                     .codec = kSigns,
                     .granularity = granularity,
                     .scale = {.storage = scale}},
          .quantizer = {.statistic = Statistic::mean_abs,
                        .rounding = Rounding::thresholds,
                        .thresholds = {.at = kBelowZero},
                        .zeros_under_zero = true}};
}

inline constexpr Mode kBinary =
    binary("binary", "the sign times the mean magnitude of the row", Granularity::row, stored::f32);
inline constexpr Mode kBinaryGroup = [] {
  Mode mode = binary("binary-group", "the sign times the mean magnitude of a group along k, in f16",
                     Granularity::group, stored::f16);
  mode.block_size = 128;
  mode.block_sizes = kBinaryBlockSizes;
  return mode;
}();

inline constexpr std::array kTernaryModes = {&kB158, &kTwn, &kTernaryLs, &kBinary, &kBinaryGroup};

}  // namespace qbench
