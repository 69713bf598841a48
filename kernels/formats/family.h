// SPDX-License-Identifier: Apache-2.0
// Family: the rungs that the description of a mode allows, by the width of its codes, its groups
// and how its scales are found. No rung asks for a mode's name.
#pragma once

#include <algorithm>
#include <variant>

#include "reference/mode.h"

namespace qbench {

struct Family {
  bool served;         // the plain rungs: quantize, dequantize and products
  bool wide;           // dequantize-wide: 4-bit codes in groups of at least 16
  bool wide_quantize;  // quantize-wide: 4-bit codes by thresholds, bitsandbytes' absmax of blocks
  bool tensor_cores;   // gemv-mma, gemm-mma: as dequantize-wide
  bool llm_int8;       // int8, int8-mma in place of other products: these quantize activations
  int least_block, most_block;  // of the block sizes that are allowed; 0: there are none
};

constexpr bool storage_is_served(const Mode& mode) {
  const Storage& storage = mode.format.scale.storage;
  if (std::holds_alternative<SmallFloat>(storage.codec)) return storage.bits == 8;
  if (std::holds_alternative<DynamicMap>(storage.codec)) return mode.format.scale.outer.has_value();
  return std::holds_alternative<Plain>(storage.codec) ||
         std::holds_alternative<PowerOfTwo>(storage.codec);
}

constexpr bool outer_scales_are_served(const Mode& mode) {
  if (!mode.format.scale.outer) return true;
  const OuterLevel& outer = *mode.format.scale.outer;
  const bool plain = std::holds_alternative<Plain>(outer.storage.codec) && outer.storage.bits == 32;
  const bool mapped = std::holds_alternative<DynamicMap>(mode.format.scale.storage.codec);
  const OuterRule& rule = mode.quantizer.outer;
  const bool multiplied = rule.rule == Rule::multiply_by_reciprocal;
  if (rule.statistic != Statistic::absmax || !plain) return false;
  if (outer.less_mean) return mapped && outer.size == 256 && multiplied && rule.qmax == 1;
  return !mapped && outer.size == 0 && !multiplied && rule.from_statistics;
}

constexpr bool zero_is_served(const Mode& mode) {
  if (mode.format.zero == Zero::none) return true;
  const Storage& storage = mode.format.zero_number.storage;
  return mode.format.zero == Zero::point && storage.bits <= 8 &&
         std::holds_alternative<Integers>(storage.codec) && !mode.format.zero_number.outer &&
         mode.quantizer.codes_from == CodesFrom::stored_scale;
}

constexpr Family family_of(const Mode& mode) {
  const Format& format = mode.format;
  const Quantizer& quantizer = mode.quantizer;
  const bool codec = std::holds_alternative<Codebook>(format.codec) ||
                     std::holds_alternative<Integers>(format.codec) ||
                     std::holds_alternative<SmallFloat>(format.codec);
  const bool groups = format.granularity == Granularity::block ||
                      format.granularity == Granularity::group ||
                      format.granularity == Granularity::row;
  const bool found =
      std::holds_alternative<std::monostate>(quantizer.search) &&
      (quantizer.statistic == Statistic::absmax || quantizer.statistic == Statistic::min_max);
  Family out = {};
  out.served = codec && groups && found && !format.ordered && storage_is_served(mode) &&
               outer_scales_are_served(mode) && zero_is_served(mode);
  for (const int size : mode.block_sizes) {
    out.least_block = out.least_block == 0 ? size : std::min(out.least_block, size);
    out.most_block = std::max(out.most_block, size);
  }
  const bool four = out.served && format.bits == 4 && out.least_block >= 16 && format.qmax == 1;
  out.wide = out.tensor_cores = four;
  out.wide_quantize = four && format.granularity == Granularity::block &&
                      quantizer.rounding == Rounding::thresholds && quantizer.flush_subnormals &&
                      quantizer.rule == Rule::multiply_by_reciprocal &&
                      quantizer.codes_from == CodesFrom::exact_scale;
  out.llm_int8 = format.activations.has_value();
  return out;
}

}  // namespace qbench
