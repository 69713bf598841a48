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
  std::string_view summary;
  std::string_view used_by;
  Format format;
  float power;    // the largest power of two that a code can stand for, in units of 1 / qmax
  float largest;  // the largest number that a code can stand for, likewise
};

constexpr MxElement mx_element(std::string_view summary, std::string_view used_by, int bits,
                               const SmallFloat& codec, float power) {
  return {summary,
          used_by,
          {.bits = bits,
           .codec = codec,
           .granularity = Granularity::group,
           .scale = {.storage = stored::e8m0}},
          power,
          codec.largest};
}

inline constexpr MxElement kMxE4M3 =
    mx_element("OCP MX: E4M3 with a power-of-two scale per 32 along k",
               "torchao, vLLM, compressed-tensors", 8, kE4M3, 256);
inline constexpr MxElement kMxE5M2 =
    mx_element("OCP MX: E5M2 with a power-of-two scale per 32 along k", "torchao, microxcaling", 8,
               kE5M2, 32768);
inline constexpr MxElement kMxE2M3 = mx_element(
    "OCP MX: E2M3 with a power-of-two scale per 32 along k", "torchao, microxcaling", 6, kE2M3, 4);
inline constexpr MxElement kMxE3M2 = mx_element(
    "OCP MX: E3M2 with a power-of-two scale per 32 along k", "torchao, microxcaling", 6, kE3M2, 16);
inline constexpr MxElement kMxE2M1 =
    mx_element("OCP MX: E2M1 with a power-of-two scale per 32 along k",
               "gpt-oss, torchao, vLLM, compressed-tensors", 4, kE2M1, 4);
// An element is a 64th of an integer; -128 is not used, so that both signs reach as far.
inline constexpr MxElement kMxInt8 = {
    .summary = "OCP MX: 64ths of 8-bit integers with a power-of-two scale per 32 along k",
    .used_by = "microxcaling",
    .format = {.bits = 8,
               .codec = Integers{.lowest = -127, .highest = 127},
               .granularity = Granularity::group,
               .scale = {.storage = stored::e8m0},
               .qmax = 64},
    .power = 64,
    .largest = 127};

struct MxRule {
  std::string_view summary;  // empty: that of the element
  std::string_view used_by;  // likewise
  std::string_view source;
  Exponent exponent;
  Search search = {};
};

// Takes the exponent of the absmax, less that of the elements' largest power of two. Scaled
// magnitudes then lie below twice that power; those above the largest number saturate (section
// 6.3).
inline constexpr MxRule kMxFloor = {"", "", "OCP Microscaling Formats v1.0", Exponent::floor};
inline constexpr MxRule kMxRceil = {
    "OCP MX with the least exponent that brings the absmax within the elements",
    "torchao (for mxfp8 Transformer Engine too)",
    "Recipes for Pre-training LLMs with MXFP8 (arXiv 2506.08027)", Exponent::rceil};
inline constexpr MxRule kMxEven = {
    "OCP MX with the exponent of the absmax as rounded to the mantissa of the elements",
    "torchao, AMD Quark", "torchao, ScaleCalculationMode.EVEN", Exponent::even};
inline constexpr MxRule kMxCeil = {
    "OCP MX with the exponent of the absmax rounded up to a power of two", "torchao",
    "torchao, ScaleCalculationMode.CEIL", Exponent::ceil};
// The exponent of the floor or the next, whichever has the smaller error.
inline constexpr MxRule kMxMse = {
    "OCP MX with the exponent of floor or the next, whichever errs less",
    "comparisons of scale rules", "a search of two exponents by squared error", Exponent::floor,
    ScaleCandidates{.last = 1}};

constexpr MxRule only_compared(MxRule rule) {
  rule.used_by = kMxMse.used_by;
  return rule;
}

constexpr Mode mx_mode(std::string_view name, const MxElement& element, const MxRule& rule) {
  const bool largest = rule.exponent == Exponent::rceil;
  return {.name = name,
          .summary = rule.summary.empty() ? element.summary : rule.summary,
          .family = "mx",
          .used_by = rule.used_by.empty() ? element.used_by : rule.used_by,
          .source = rule.source,
          .format = element.format,
          .quantizer = {.qmax = largest ? element.largest : element.power,
                        .exponent = rule.exponent,
                        .search = rule.search},
          .block_size = 32,
          .block_sizes = kMxBlockSizes};
}

inline constexpr Mode kMxfp8 = mx_mode("mxfp8", kMxE4M3, kMxFloor);
inline constexpr Mode kMxfp8Rceil = mx_mode("mxfp8-rceil", kMxE4M3, kMxRceil);
inline constexpr Mode kMxfp8Even = mx_mode("mxfp8-even", kMxE4M3, kMxEven);
inline constexpr Mode kMxfp8Ceil = mx_mode("mxfp8-ceil", kMxE4M3, kMxCeil);
inline constexpr Mode kMxfp8Mse = mx_mode("mxfp8-mse", kMxE4M3, kMxMse);

inline constexpr Mode kMxfp8E5M2 = mx_mode("mxfp8-e5m2", kMxE5M2, kMxFloor);
inline constexpr Mode kMxfp8E5M2Rceil = mx_mode("mxfp8-e5m2-rceil", kMxE5M2, kMxRceil);
inline constexpr Mode kMxfp8E5M2Even = mx_mode("mxfp8-e5m2-even", kMxE5M2, kMxEven);
inline constexpr Mode kMxfp8E5M2Ceil = mx_mode("mxfp8-e5m2-ceil", kMxE5M2, kMxCeil);
inline constexpr Mode kMxfp8E5M2Mse = mx_mode("mxfp8-e5m2-mse", kMxE5M2, kMxMse);

inline constexpr Mode kMxfp6 = mx_mode("mxfp6", kMxE2M3, kMxFloor);
inline constexpr Mode kMxfp6Rceil = mx_mode("mxfp6-rceil", kMxE2M3, kMxRceil);
inline constexpr Mode kMxfp6Even = mx_mode("mxfp6-even", kMxE2M3, kMxEven);
inline constexpr Mode kMxfp6Ceil = mx_mode("mxfp6-ceil", kMxE2M3, kMxCeil);
inline constexpr Mode kMxfp6Mse = mx_mode("mxfp6-mse", kMxE2M3, kMxMse);

inline constexpr Mode kMxfp6E3M2 = mx_mode("mxfp6-e3m2", kMxE3M2, kMxFloor);
inline constexpr Mode kMxfp6E3M2Rceil = mx_mode("mxfp6-e3m2-rceil", kMxE3M2, kMxRceil);
inline constexpr Mode kMxfp6E3M2Even = mx_mode("mxfp6-e3m2-even", kMxE3M2, kMxEven);
inline constexpr Mode kMxfp6E3M2Ceil = mx_mode("mxfp6-e3m2-ceil", kMxE3M2, kMxCeil);
inline constexpr Mode kMxfp6E3M2Mse = mx_mode("mxfp6-e3m2-mse", kMxE3M2, kMxMse);

inline constexpr Mode kMxfp4 = mx_mode("mxfp4", kMxE2M1, kMxFloor);
inline constexpr Mode kMxfp4Rceil = mx_mode("mxfp4-rceil", kMxE2M1, kMxRceil);
inline constexpr Mode kMxfp4Even = mx_mode("mxfp4-even", kMxE2M1, kMxEven);
inline constexpr Mode kMxfp4Ceil = mx_mode("mxfp4-ceil", kMxE2M1, kMxCeil);
inline constexpr Mode kMxfp4Mse = mx_mode("mxfp4-mse", kMxE2M1, kMxMse);

inline constexpr Mode kMxint8 = mx_mode("mxint8", kMxInt8, kMxFloor);
inline constexpr Mode kMxint8Rceil = mx_mode("mxint8-rceil", kMxInt8, only_compared(kMxRceil));
inline constexpr Mode kMxint8Even = mx_mode("mxint8-even", kMxInt8, only_compared(kMxEven));
inline constexpr Mode kMxint8Ceil = mx_mode("mxint8-ceil", kMxInt8, only_compared(kMxCeil));
inline constexpr Mode kMxint8Mse = mx_mode("mxint8-mse", kMxInt8, kMxMse);

inline constexpr std::array kMxModes = {
    &kMxfp8,     &kMxfp8Rceil,     &kMxfp8Even,     &kMxfp8Ceil,     &kMxfp8Mse,
    &kMxfp8E5M2, &kMxfp8E5M2Rceil, &kMxfp8E5M2Even, &kMxfp8E5M2Ceil, &kMxfp8E5M2Mse,
    &kMxfp6,     &kMxfp6Rceil,     &kMxfp6Even,     &kMxfp6Ceil,     &kMxfp6Mse,
    &kMxfp6E3M2, &kMxfp6E3M2Rceil, &kMxfp6E3M2Even, &kMxfp6E3M2Ceil, &kMxfp6E3M2Mse,
    &kMxfp4,     &kMxfp4Rceil,     &kMxfp4Even,     &kMxfp4Ceil,     &kMxfp4Mse,
    &kMxint8,    &kMxint8Rceil,    &kMxint8Even,    &kMxint8Ceil,    &kMxint8Mse};

}  // namespace qbench
