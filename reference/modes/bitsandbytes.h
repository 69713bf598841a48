// SPDX-License-Identifier: Apache-2.0
// What nf4 and fp4 share: bitsandbytes' blockwise scaling as its CUDA kernels do it, with a
// correctly rounded reciprocal, and its double quantization (QLoRA, arXiv 2305.14314, section 3).
#pragma once

#include "reference/mode.h"

namespace qbench {

inline constexpr int kBitsandbytesBlockSizes[] = {32, 64, 128, 256, 512, 1024, 2048, 4096};

// Codes are found with the exact absmax, also where it is then stored in 8 bits.
inline constexpr Scaling kBlockAbsmax = {.extent = Extent::block,
                                         .statistic = Statistic::absmax,
                                         .rule = Rule::multiply_by_reciprocal,
                                         .stored = Stored::statistic,
                                         .storage = Storage::f32,
                                         .codes_from = CodesFrom::exact_scale,
                                         .flush_subnormals = true};

// The absmax less their mean, in 8 bits, 256 to an f32 absmax of their own.
constexpr Scaling double_quantized(Scaling scaling) {
  scaling.storage = Storage::dynamic8;
  scaling.outer =
      OuterLevel{.size = 256, .rule = Rule::multiply_by_reciprocal, .subtract_mean = true};
  return scaling;
}

constexpr Mode bitsandbytes_4bit(std::string_view name, std::string_view summary,
                                 const Levels& levels, const Scaling& scaling) {
  return {.name = name,
          .summary = summary,
          .bits = 4,
          .codec = levels,
          .scaling = scaling,
          .block_size = 64,
          .block_sizes = kBitsandbytesBlockSizes,
          .nibbles = NibbleOrder::high_first};
}

}  // namespace qbench
