// SPDX-License-Identifier: Apache-2.0
// nvfp4 and its variants: E2M1 elements, an E4M3 scale per 16 along k and, but for -1l, one f32
// scale of the tensor. nvfp4 is as ModelOpt writes it: the scale of the tensor is its absmax /
// (6 * 448), and a scale that would be 0 is 1.
#pragma once

#include <array>

#include "reference/formats/small_floats.h"
#include "reference/mode.h"

namespace qbench {

inline constexpr int kNvBlockSizes[] = {16};

inline constexpr Format kNvfp4Format = {.bits = 4,
                                        .codec = kE2M1,
                                        .granularity = Granularity::group,
                                        .scale = {.storage = stored::e4m3, .outer = OuterLevel{}}};
inline constexpr Quantizer kNvfp4Quantizer = {
    .qmax = 6, .outer = {.qmax = 448, .from_statistics = true}, .zero_step_is_one = true};

inline constexpr Mode kNvfp4 = {
    .name = "nvfp4",
    .summary = "NVIDIA's FP4: E2M1, an E4M3 scale per 16 along k, one f32 scale of the tensor",
    .family = "nvfp4",
    .used_by = "ModelOpt, TensorRT-LLM, vLLM, compressed-tensors",
    .source = "NVIDIA ModelOpt",
    .format = kNvfp4Format,
    .quantizer = kNvfp4Quantizer,
    .block_size = 16,
    .block_sizes = kNvBlockSizes};

// torchao keeps every E4M3 scale at or above the least normal number, 2^-6, and divides step by
// step where ModelOpt divides by a product.
inline constexpr float kTorchaoLeastScale = 0x1p-6f;
inline constexpr Mode kNvfp4Torchao = [] {
  Mode mode = kNvfp4;
  mode.name = "nvfp4-torchao";
  mode.summary = "nvfp4 with no E4M3 scale below 2^-6";
  mode.used_by = "torchao";
  mode.source = "torchao, nvfp4_quantize";
  mode.quantizer = {.qmax = 6,
                    .rule = Rule::multiply_by_reciprocals,
                    .outer = {.qmax = 448, .from_statistics = true, .in_turn = true},
                    .least_stored = kTorchaoLeastScale};
  return mode;
}();

// At one level small weights have no scale of their own: below 6 * 2^-6 groups share the least.
inline constexpr Mode kNvfp4OneLevelTorchao = {
    .name = "nvfp4-1l-torchao",
    .summary = "nvfp4-torchao without the scale of the tensor",
    .family = "nvfp4",
    .used_by = "torchao",
    .source = "torchao, nvfp4_quantize",
    .format = {.bits = 4,
               .codec = kE2M1,
               .granularity = Granularity::group,
               .scale = {.storage = stored::e4m3}},
    .quantizer = {.qmax = 6,
                  .rule = Rule::multiply_by_reciprocal,
                  .least_stored = kTorchaoLeastScale},
    .block_size = 16,
    .block_sizes = kNvBlockSizes};

// Scales to 6 or to 4, whichever errs less; the scale of the tensor leaves room for the latter.
inline constexpr Mode kNvfp4FourOverSix = [] {
  Mode mode = kNvfp4;
  mode.name = "nvfp4-46";
  mode.summary = "nvfp4, the absmax of each group scaled to 6 or to 4, whichever errs less";
  mode.used_by = "Four Over Six";
  mode.source = "Four Over Six (arXiv 2512.02010)";
  mode.quantizer.outer.qmax = 256;
  mode.quantizer.search = Search(ScaleCandidates{.other_qmax = 4, .highest = 127});
  return mode;
}();

inline constexpr Mode kNvfp4Mse = [] {
  Mode mode = kNvfp4;
  mode.name = "nvfp4-mse";
  mode.summary = "nvfp4, the E4M3 scale of each group searched by squared error";
  mode.used_by = "comparisons with nvfp4";
  mode.source = "a search of ten scales around that of nvfp4";
  mode.quantizer.zero_step_is_one = false;
  mode.quantizer.search =
      Search(ScaleCandidates{.first = -4, .last = 5, .lowest = 1, .highest = 126});
  return mode;
}();

inline constexpr Mode kNvfp4Tiles = [] {
  Mode mode = kNvfp4;
  mode.name = "nvfp4-16x16";
  mode.summary = "nvfp4 with an E4M3 scale per tile of 16 x 16";
  mode.used_by = "Transformer Engine, for weights in training";
  mode.source = "Pretraining Large Language Models with NVFP4 (arXiv 2509.25149)";
  mode.format.granularity = Granularity::tile;
  mode.format.tile_rows = 16;
  return mode;
}();

inline constexpr std::array kNvModes = {
    &kNvfp4, &kNvfp4Torchao, &kNvfp4OneLevelTorchao, &kNvfp4FourOverSix, &kNvfp4Mse, &kNvfp4Tiles};

}  // namespace qbench
