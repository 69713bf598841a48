// SPDX-License-Identifier: Apache-2.0
// nf4, nf4-dq: 4-bit NormalFloat (QLoRA, arXiv 2305.14314, appendix E), bitsandbytes' constants.
// nf4-dq-e4m3, nf4-dq-int8: two further ways to keep the absmax in 8 bits. nf3, nf2: levels by the
// rule that gives nf4's.
#pragma once

#include <array>

#include "reference/formats/bitsandbytes.h"

namespace qbench {

// Quantiles of the normal distribution: 7 negative, 0, 8 positive, divided by the largest.
inline constexpr float kNf4Values[16] = {-1.0f,        -0.6961928f,  -0.52507305f,  -0.3949175f,
                                         -0.28444138f, -0.18477343f, -0.091050036f, 0.0f,
                                         0.0795803f,   0.1609302f,   0.2461123f,    0.33791524f,
                                         0.44070983f,  0.562617f,    0.72295684f,   1.0f};

// bitsandbytes' own literals: some are one ulp off the midpoint of their neighbours.
inline constexpr float kNf4Thresholds[15] = {
    -0.8480964004993439f,  -0.6106329262256622f,  -0.4599952697753906f,   -0.33967943489551544f,
    -0.23460740596055984f, -0.13791173323988914f, -0.045525018125772476f, 0.03979014977812767f,
    0.1202552504837513f,   0.2035212516784668f,   0.2920137718319893f,    0.3893125355243683f,
    0.5016634166240692f,   0.6427869200706482f,   0.8614784181118011f};

// With these gains the largest relative error of a level is 1.56e-3 in bf16 and 1.7e-4 in fp16.
inline constexpr Codebook kNf4Levels = {
    .values = kNf4Values,
    .origin =
        "quantiles of N(0, 1): 8 above 0 and 7 below, their probabilities in even steps from "
        "0.9677083 towards 1/2, and 0; all over the largest",
    .gain = {.fp16 = 0.819244385f, .bf16 = 0.594406128f}};

inline constexpr Mode kNf4 = bitsandbytes_4bit("nf4", "4-bit NormalFloat, f32 absmax per block",
                                               kNf4Levels, {.at = kNf4Thresholds});
inline constexpr Mode kNf4Dq =
    double_quantized("nf4-dq", "nf4 with double quantization: absmax in 8 bits", kNf4);

// Double quantization where 256 of the absmax less their mean are scaled to the largest code.
constexpr Mode double_quantized_to(const Storage& storage, float largest, std::string_view name,
                                   std::string_view summary) {
  Mode mode = double_quantized(name, summary, kNf4);
  mode.used_by = "research";
  mode.format.scale.storage = storage;
  mode.quantizer.outer = {.qmax = largest};
  return mode;
}
inline constexpr Mode kNf4DqE4M3 =
    double_quantized_to(stored::e4m3, 448, "nf4-dq-e4m3",
                        "nf4 with double quantization: absmax in E4M3, as QLoRA says");
inline constexpr Mode kNf4DqInt8 =
    double_quantized_to({8, Integers{-127, 127}}, 127, "nf4-dq-int8",
                        "nf4 with double quantization: absmax in 8-bit integers");

// Each threshold is the midpoint of its neighbours.
template <std::size_t kCount>
constexpr std::array<float, kCount - 1> midpoints(const float (&levels)[kCount]) {
  std::array<float, kCount - 1> all{};
  for (std::size_t i = 0; i + 1 < kCount; ++i) all[i] = (levels[i] + levels[i + 1]) / 2;
  return all;
}

inline constexpr float kNf3Values[8] = {-1.0f,       -0.53502271f, -0.24693143f, 0.0f,
                                        0.18333748f, 0.38199395f,  0.62298574f,  1.0f};
inline constexpr Codebook kNf3Levels = {
    .values = kNf3Values,
    .origin =
        "quantiles of N(0, 1): 4 above 0 and 3 below, their probabilities in even steps from "
        "0.9330357 towards 1/2, and 0; all over the largest"};
inline constexpr auto kNf3Thresholds = midpoints(kNf3Values);
inline constexpr float kNf2Values[4] = {-1.0f, 0.0f, 0.43581816f, 1.0f};
inline constexpr Codebook kNf2Levels = {
    .values = kNf2Values,
    .origin =
        "quantiles of N(0, 1): 2 above 0 and 1 below, their probabilities in even steps from "
        "0.8541667 towards 1/2, and 0; all over the largest"};
inline constexpr auto kNf2Thresholds = midpoints(kNf2Values);

constexpr Mode normal_float(int bits, std::string_view name, std::string_view summary,
                            const Codebook& levels, const Thresholds& thresholds) {
  Mode mode = bitsandbytes_4bit(name, summary, levels, thresholds);
  mode.used_by = "research";
  mode.source =
      "the rule of NormalFloat (QLoRA, arXiv 2305.14314, equation 4), as create_normal_map";
  mode.format.bits = bits;
  return mode;
}
inline constexpr Mode kNf3 = normal_float(3, "nf3", "3-bit NormalFloat, f32 absmax per block",
                                          kNf3Levels, {.at = kNf3Thresholds});
inline constexpr Mode kNf2 = normal_float(2, "nf2", "2-bit NormalFloat, f32 absmax per block",
                                          kNf2Levels, {.at = kNf2Thresholds});

inline constexpr std::array kNf4Modes = {&kNf4, &kNf4Dq, &kNf4DqE4M3, &kNf4DqInt8, &kNf3, &kNf2};

}  // namespace qbench
