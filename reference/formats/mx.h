// SPDX-License-Identifier: Apache-2.0
// The MX formats of OCP Microscaling Formats v1.0, section 5: elements with one E8M0 scale per 32
// along k, and five rules for the scale.
#pragma once

#include <array>

#include "reference/formats/small_floats.h"
#include "reference/mode.h"

namespace qbench {

inline constexpr int kMxBlockSizes[] = {32};

struct MxElement {
  std::string_view name;
  std::string_view used_by;
  Format format;
  float power;    // the largest power of two that a code can stand for, in units of 1 / qmax
  float largest;  // the largest number that a code can stand for, likewise
};

constexpr MxElement mx_element(std::string_view name, std::string_view used_by, int bits,
                               const SmallFloat& codec, float power) {
  return {name,
          used_by,
          {.bits = bits,
           .codec = codec,
           .granularity = Granularity::group,
           .scale = {.storage = stored::e8m0}},
          power,
          codec.largest};
}

inline constexpr MxElement kMxE4M3 =
    mx_element("E4M3", "torchao, vLLM, compressed-tensors", 8, kE4M3, 256);
inline constexpr MxElement kMxE5M2 = mx_element("E5M2", "torchao, microxcaling", 8, kE5M2, 32768);
inline constexpr MxElement kMxE2M3 = mx_element("E2M3", "torchao, microxcaling", 6, kE2M3, 4);
inline constexpr MxElement kMxE3M2 = mx_element("E3M2", "torchao, microxcaling", 6, kE3M2, 16);
inline constexpr MxElement kMxE2M1 =
    mx_element("E2M1", "gpt-oss, torchao, vLLM, compressed-tensors", 4, kE2M1, 4);
// An element is a 64th of an integer; -128 is not used, so that both signs reach as far.
inline constexpr MxElement kMxInt8 = {.name = "64ths of 8-bit integers",
                                      .used_by = "microxcaling",
                                      .format = {.bits = 8,
                                                 .codec = Integers{.lowest = -127, .highest = 127},
                                                 .granularity = Granularity::group,
                                                 .scale = {.storage = stored::e8m0},
                                                 .qmax = 64},
                                      .power = 64,
                                      .largest = 127};

struct MxRule {
  std::string_view summary;  // follows the name of the elements
  std::string_view used_by;  // empty: that of the elements
  std::string_view source;
  Exponent exponent;
  Search search = {};
};

// Takes the exponent of the absmax, less that of the elements' largest power of two. Scaled
// magnitudes then lie below twice that power; those above the largest number saturate (section
// 6.3).
inline constexpr MxRule kMxFloor = {" with a power-of-two scale per 32 along k", "",
                                    "OCP Microscaling Formats v1.0", Exponent::floor};
inline constexpr MxRule kMxRceil = {", the least exponent that brings the absmax within them",
                                    "torchao (for mxfp8 Transformer Engine too)",
                                    "Recipes for Pre-training LLMs with MXFP8 (arXiv 2506.08027)",
                                    Exponent::rceil};
inline constexpr MxRule kMxEven = {", the exponent of the absmax as rounded to their mantissa",
                                   "torchao, AMD Quark", "torchao, ScaleCalculationMode.EVEN",
                                   Exponent::even};
inline constexpr MxRule kMxCeil = {", the exponent of the absmax rounded up to a power of two",
                                   "torchao", "torchao, ScaleCalculationMode.CEIL", Exponent::ceil};
// The exponent of the floor or the next, whichever has the smaller error.
inline constexpr MxRule kMxMse = {
    ", the exponent of floor or the next, whichever errs less", "comparisons of scale rules",
    "a search of two exponents by squared error", Exponent::floor, ScaleCandidates{.last = 1}};

constexpr MxRule only_compared(MxRule rule) {
  rule.used_by = kMxMse.used_by;
  return rule;
}
inline constexpr MxRule kMxRceilCompared = only_compared(kMxRceil);
inline constexpr MxRule kMxEvenCompared = only_compared(kMxEven);
inline constexpr MxRule kMxCeilCompared = only_compared(kMxCeil);

// What a mode is, in one line: the elements and the rule.
template <const MxElement& kElement, const MxRule& kRule>
inline constexpr auto kMxSummary = [] {
  constexpr std::string_view kParts[] = {"OCP MX: ", kElement.name, kRule.summary};
  std::array<char, kParts[0].size() + kParts[1].size() + kParts[2].size()> all{};
  std::size_t end = 0;
  for (const std::string_view part : kParts)
    for (const char c : part) all[end++] = c;
  return all;
}();

template <const MxElement& kElement, const MxRule& kRule>
constexpr Mode mx_mode(std::string_view name) {
  constexpr auto& kSummary = kMxSummary<kElement, kRule>;
  const bool largest = kRule.exponent == Exponent::rceil;
  return {.name = name,
          .summary = {kSummary.data(), kSummary.size()},
          .family = "mx",
          .used_by = kRule.used_by.empty() ? kElement.used_by : kRule.used_by,
          .source = kRule.source,
          .format = kElement.format,
          .quantizer = {.qmax = largest ? kElement.largest : kElement.power,
                        .exponent = kRule.exponent,
                        .search = kRule.search},
          .block_size = 32,
          .block_sizes = kMxBlockSizes};
}

inline constexpr Mode kMxfp8 = mx_mode<kMxE4M3, kMxFloor>("mxfp8");
inline constexpr Mode kMxfp8Rceil = mx_mode<kMxE4M3, kMxRceil>("mxfp8-rceil");
inline constexpr Mode kMxfp8Even = mx_mode<kMxE4M3, kMxEven>("mxfp8-even");
inline constexpr Mode kMxfp8Ceil = mx_mode<kMxE4M3, kMxCeil>("mxfp8-ceil");
inline constexpr Mode kMxfp8Mse = mx_mode<kMxE4M3, kMxMse>("mxfp8-mse");

inline constexpr Mode kMxfp8E5M2 = mx_mode<kMxE5M2, kMxFloor>("mxfp8-e5m2");
inline constexpr Mode kMxfp8E5M2Rceil = mx_mode<kMxE5M2, kMxRceil>("mxfp8-e5m2-rceil");
inline constexpr Mode kMxfp8E5M2Even = mx_mode<kMxE5M2, kMxEven>("mxfp8-e5m2-even");
inline constexpr Mode kMxfp8E5M2Ceil = mx_mode<kMxE5M2, kMxCeil>("mxfp8-e5m2-ceil");
inline constexpr Mode kMxfp8E5M2Mse = mx_mode<kMxE5M2, kMxMse>("mxfp8-e5m2-mse");

inline constexpr Mode kMxfp6 = mx_mode<kMxE2M3, kMxFloor>("mxfp6");
inline constexpr Mode kMxfp6Rceil = mx_mode<kMxE2M3, kMxRceil>("mxfp6-rceil");
inline constexpr Mode kMxfp6Even = mx_mode<kMxE2M3, kMxEven>("mxfp6-even");
inline constexpr Mode kMxfp6Ceil = mx_mode<kMxE2M3, kMxCeil>("mxfp6-ceil");
inline constexpr Mode kMxfp6Mse = mx_mode<kMxE2M3, kMxMse>("mxfp6-mse");

inline constexpr Mode kMxfp6E3M2 = mx_mode<kMxE3M2, kMxFloor>("mxfp6-e3m2");
inline constexpr Mode kMxfp6E3M2Rceil = mx_mode<kMxE3M2, kMxRceil>("mxfp6-e3m2-rceil");
inline constexpr Mode kMxfp6E3M2Even = mx_mode<kMxE3M2, kMxEven>("mxfp6-e3m2-even");
inline constexpr Mode kMxfp6E3M2Ceil = mx_mode<kMxE3M2, kMxCeil>("mxfp6-e3m2-ceil");
inline constexpr Mode kMxfp6E3M2Mse = mx_mode<kMxE3M2, kMxMse>("mxfp6-e3m2-mse");

inline constexpr Mode kMxfp4 = mx_mode<kMxE2M1, kMxFloor>("mxfp4");
inline constexpr Mode kMxfp4Rceil = mx_mode<kMxE2M1, kMxRceil>("mxfp4-rceil");
inline constexpr Mode kMxfp4Even = mx_mode<kMxE2M1, kMxEven>("mxfp4-even");
inline constexpr Mode kMxfp4Ceil = mx_mode<kMxE2M1, kMxCeil>("mxfp4-ceil");
inline constexpr Mode kMxfp4Mse = mx_mode<kMxE2M1, kMxMse>("mxfp4-mse");

inline constexpr Mode kMxint8 = mx_mode<kMxInt8, kMxFloor>("mxint8");
inline constexpr Mode kMxint8Rceil = mx_mode<kMxInt8, kMxRceilCompared>("mxint8-rceil");
inline constexpr Mode kMxint8Even = mx_mode<kMxInt8, kMxEvenCompared>("mxint8-even");
inline constexpr Mode kMxint8Ceil = mx_mode<kMxInt8, kMxCeilCompared>("mxint8-ceil");
inline constexpr Mode kMxint8Mse = mx_mode<kMxInt8, kMxMse>("mxint8-mse");

inline constexpr std::array kMxModes = {
    &kMxfp8,     &kMxfp8Rceil,     &kMxfp8Even,     &kMxfp8Ceil,     &kMxfp8Mse,
    &kMxfp8E5M2, &kMxfp8E5M2Rceil, &kMxfp8E5M2Even, &kMxfp8E5M2Ceil, &kMxfp8E5M2Mse,
    &kMxfp6,     &kMxfp6Rceil,     &kMxfp6Even,     &kMxfp6Ceil,     &kMxfp6Mse,
    &kMxfp6E3M2, &kMxfp6E3M2Rceil, &kMxfp6E3M2Even, &kMxfp6E3M2Ceil, &kMxfp6E3M2Mse,
    &kMxfp4,     &kMxfp4Rceil,     &kMxfp4Even,     &kMxfp4Ceil,     &kMxfp4Mse,
    &kMxint8,    &kMxint8Rceil,    &kMxint8Even,    &kMxint8Ceil,    &kMxint8Mse};

}  // namespace qbench
