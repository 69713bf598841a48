// SPDX-License-Identifier: Apache-2.0
// fp8, fp8-e5m2 and their variants: floats of 8 bits under an f32 scale, absmax / the largest
// number, of the tensor, a row, a tile of 128 x 128 or 128 weights along k. A scale of 0 is 1.
#pragma once

#include <array>

#include "reference/formats/small_floats.h"
#include "reference/mode.h"

namespace qbench {

inline constexpr int kFp8BlockSizes[] = {128};

constexpr Format under_f32(int bits, const SmallFloat& codec, Granularity granularity) {
  const int rows = granularity == Granularity::tile ? kFp8BlockSizes[0] : 1;
  return {.bits = bits, .codec = codec, .granularity = granularity, .tile_rows = rows};
}

// The absmax of what shares a scale goes to the largest number.
constexpr Quantizer to_largest(const SmallFloat& codec) {
  return {.qmax = codec.largest, .zero_step_is_one = true};
}

inline constexpr Mode kFp8 = {
    .name = "fp8",
    .summary = "E4M3 with one f32 scale of the tensor",
    .family = "fp8",
    .used_by = "TensorRT-LLM, vLLM, compressed-tensors, Transformer Engine",
    .source = "FP8 Formats for Deep Learning (arXiv 2209.05433)",
    .format = under_f32(8, kE4M3, Granularity::tensor),
    .quantizer = to_largest(kE4M3)};
inline constexpr Mode kFp8Row = {.name = "fp8-row",
                                 .summary = "E4M3 with an f32 scale per row",
                                 .family = "fp8",
                                 .used_by = "torchao, vLLM, compressed-tensors, FBGEMM",
                                 .source = "FP8 Formats for Deep Learning (arXiv 2209.05433)",
                                 .format = under_f32(8, kE4M3, Granularity::row),
                                 .quantizer = to_largest(kE4M3)};
inline constexpr Mode kFp8Tiles = {
    .name = "fp8-128x128",
    .summary = "E4M3 with an f32 scale per tile of 128 x 128",
    .family = "fp8",
    .used_by = "DeepSeek-V3, vLLM, SGLang, DeepGEMM",
    .source = "DeepSeek-V3 (arXiv 2412.19437), section 3.3.2: weights",
    .format = under_f32(8, kE4M3, Granularity::tile),
    .quantizer = to_largest(kE4M3),
    .block_size = 128,
    .block_sizes = kFp8BlockSizes};
inline constexpr Mode kFp8Groups = {
    .name = "fp8-1x128",
    .summary = "E4M3 with an f32 scale per 128 along k",
    .family = "fp8",
    .used_by = "DeepSeek-V3 and DeepGEMM, for activations",
    .source = "DeepSeek-V3 (arXiv 2412.19437), section 3.3.2: activations",
    .format = under_f32(8, kE4M3, Granularity::group),
    .quantizer = to_largest(kE4M3),
    .block_size = 128,
    .block_sizes = kFp8BlockSizes};

inline constexpr Mode kFp8E5M2 = {.name = "fp8-e5m2",
                                  .summary = "E5M2 with one f32 scale of the tensor",
                                  .family = "fp8",
                                  .used_by = "Transformer Engine, for gradients",
                                  .source = "FP8 Formats for Deep Learning (arXiv 2209.05433)",
                                  .format = under_f32(8, kE5M2, Granularity::tensor),
                                  .quantizer = to_largest(kE5M2)};
inline constexpr Mode kFp8E5M2Row = {.name = "fp8-e5m2-row",
                                     .summary = "E5M2 with an f32 scale per row",
                                     .family = "fp8",
                                     .used_by = "torchao, as a dtype of weights",
                                     .source = "FP8 Formats for Deep Learning (arXiv 2209.05433)",
                                     .format = under_f32(8, kE5M2, Granularity::row),
                                     .quantizer = to_largest(kE5M2)};
inline constexpr Mode kFp8E5M2Tiles = {
    .name = "fp8-e5m2-128x128",
    .summary = "E5M2 with an f32 scale per tile of 128 x 128",
    .family = "fp8",
    .used_by = "comparisons with fp8-128x128",
    .source = "the tiles of DeepSeek-V3 (arXiv 2412.19437), with E5M2",
    .format = under_f32(8, kE5M2, Granularity::tile),
    .quantizer = to_largest(kE5M2),
    .block_size = 128,
    .block_sizes = kFp8BlockSizes};
inline constexpr Mode kFp8E5M2Groups = {
    .name = "fp8-e5m2-1x128",
    .summary = "E5M2 with an f32 scale per 128 along k",
    .family = "fp8",
    .used_by = "comparisons with fp8-1x128",
    .source = "the groups of DeepSeek-V3 (arXiv 2412.19437), with E5M2",
    .format = under_f32(8, kE5M2, Granularity::group),
    .quantizer = to_largest(kE5M2),
    .block_size = 128,
    .block_sizes = kFp8BlockSizes};

inline constexpr std::array kFp8Modes = {&kFp8,     &kFp8Row,     &kFp8Tiles,     &kFp8Groups,
                                         &kFp8E5M2, &kFp8E5M2Row, &kFp8E5M2Tiles, &kFp8E5M2Groups};

}  // namespace qbench
