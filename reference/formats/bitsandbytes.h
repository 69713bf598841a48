// SPDX-License-Identifier: Apache-2.0
// The parts that nf4 and fp4 share: bitsandbytes' blockwise scaling as its CUDA kernels do it, with
// a correctly rounded reciprocal, and its double quantization (QLoRA, arXiv 2305.14314, section 3).
#pragma once

#include "reference/mode.h"

namespace qbench {

inline constexpr int kBitsandbytesBlockSizes[] = {32, 64, 128, 256, 512, 1024, 2048, 4096};

constexpr Format block_absmax(const Codebook& levels) {
  return {.bits = 4,
          .codec = levels,
          .granularity = Granularity::block,
          .packing = Packing::high_first};
}

// Codes are found with the exact absmax, also where it is then stored in 8 bits.
constexpr Quantizer by_block_absmax(const Thresholds& thresholds) {
  return {.rule = Rule::multiply_by_reciprocal,
          .rounding = Rounding::thresholds,
          .thresholds = thresholds,
          .codes_from = CodesFrom::exact_scale,
          .outer = {.rule = Rule::multiply_by_reciprocal},
          .flush_subnormals = true};
}

constexpr Mode bitsandbytes_4bit(std::string_view name, std::string_view summary,
                                 const Codebook& levels, const Thresholds& thresholds) {
  return {.name = name,
          .summary = summary,
          .family = "bitsandbytes",
          .used_by = "bitsandbytes, transformers, PEFT (QLoRA)",
          .source = "QLoRA (arXiv 2305.14314); the CUDA kernels of bitsandbytes",
          .format = block_absmax(levels),
          .quantizer = by_block_absmax(thresholds),
          .block_size = 64,
          .block_sizes = kBitsandbytesBlockSizes};
}

// The mode with double quantization: the absmax less their mean are kept in 8 bits, and 256 of them
// share an f32 absmax.
constexpr Mode double_quantized(std::string_view name, std::string_view summary, Mode mode) {
  mode.name = name;
  mode.summary = summary;
  mode.format.scale = {.storage = stored::dynamic8,
                       .outer = OuterLevel{.size = 256, .less_mean = true}};
  return mode;
}

}  // namespace qbench
