// SPDX-License-Identifier: Apache-2.0
// Family: the rungs that the description of a mode allows, by the width of its codes, its groups
// and how its scales are found. No rung asks for a mode's name.
#pragma once

#include <algorithm>
#include <variant>

#include "reference/mode.h"

namespace qbench {

struct Family {
  bool served;         // the plain rungs of dequantize and products
  bool quantizes;      // the plain rung of quantize
  bool by_units;       // quantize is that of units.cuh, a thread a group, of weights as they are
  bool wide;           // dequantize-wide: 4-bit codes in groups of at least 16
  bool wide_quantize;  // quantize-wide: 4-bit codes by thresholds, bitsandbytes' absmax of blocks
  bool gemm_mma;       // as dequantize-wide, zero points whole
  bool gemm_wgmma;     // the same, in groups that may have 32 weights
  bool gemv_mma;       // the same, and 8-bit codes in such groups, of rows or of the whole matrix
  bool llm_int8;       // int8, int8-mma in place of other products: these quantize activations
  int least_block, most_block;  // of the block sizes that are allowed; 0: there are none
};

// True for small integers under an f16 scale of the few groups of a unit, as in the super-blocks of
// GGUF.
constexpr bool under_unit_scale(const GroupNumber& number) {
  if (!number.outer || number.outer->size == 0 || number.outer->less_mean) return false;
  const Codec& outer = number.outer->storage.codec;
  return std::holds_alternative<Plain>(outer) && std::get<Plain>(outer).dtype == Dtype::fp16 &&
         number.storage.bits <= 8 && std::holds_alternative<Integers>(number.storage.codec);
}

// Returns how many groups of a row share an outer scale.
constexpr int groups_a_unit(const Mode& mode) {
  const auto& outer = mode.format.scale.outer;
  return outer && outer->size > 0 ? outer->size : 1;
}

constexpr bool storage_is_served(const Mode& mode) {
  const Storage& storage = mode.format.scale.storage;
  if (under_unit_scale(mode.format.scale)) return true;
  if (std::holds_alternative<SmallFloat>(storage.codec)) return storage.bits == 8;
  if (std::holds_alternative<DynamicMap>(storage.codec)) return mode.format.scale.outer.has_value();
  if (std::holds_alternative<Integers>(storage.codec))
    return storage.bits == 8 && std::get<Integers>(storage.codec).lowest < 0 &&
           mode.format.scale.outer.has_value();
  return std::holds_alternative<Plain>(storage.codec) ||
         std::holds_alternative<PowerOfTwo>(storage.codec);
}

constexpr bool outer_scales_are_served(const Mode& mode) {
  if (!mode.format.scale.outer || under_unit_scale(mode.format.scale)) return true;
  const OuterLevel& outer = *mode.format.scale.outer;
  const bool plain = std::holds_alternative<Plain>(outer.storage.codec) && outer.storage.bits == 32;
  const bool mapped = std::holds_alternative<DynamicMap>(mode.format.scale.storage.codec);
  const OuterRule& rule = mode.quantizer.outer;
  const bool multiplied = rule.rule == Rule::multiply_by_reciprocal;
  if (rule.statistic != Statistic::absmax || !plain) return false;
  if (outer.less_mean)
    return outer.size == 256 && mapped == multiplied && (!mapped || rule.qmax == 1) &&
           !rule.from_statistics;
  return !mapped && outer.size == 0 && !multiplied && rule.from_statistics;
}

constexpr bool zero_is_served(const Mode& mode) {
  if (mode.format.zero == Zero::none) return true;
  const Storage& storage = mode.format.zero_number.storage;
  if (mode.format.zero == Zero::minimum)
    return under_unit_scale(mode.format.zero_number) ||
           (!mode.format.zero_number.outer && storage.bits == 16 &&
            std::holds_alternative<Plain>(storage.codec));
  const bool whole = std::holds_alternative<Integers>(storage.codec) &&
                     std::get<Integers>(storage.codec).lowest == 0 && storage.bits <= 8;
  const bool real = std::holds_alternative<Plain>(storage.codec);
  return mode.format.zero == Zero::point && (whole || real) && !mode.format.zero_number.outer;
}

// True if the kernels can store this mode's means of magnitudes: as plain scales, without outer
// scales or zero points.
constexpr bool means_are_served(const Mode& mode) {
  const Storage& storage = mode.format.scale.storage;
  return std::holds_alternative<Plain>(storage.codec) && !mode.format.scale.outer &&
         mode.format.zero == Zero::none && mode.quantizer.codes_from == CodesFrom::stored_scale;
}

// True if the kernels can clip this mode: plain steps without outer scales, integer codes, IEEE
// division.
constexpr bool clipping_is_served(const Mode& mode) {
  return std::holds_alternative<Plain>(mode.format.scale.storage.codec) &&
         !mode.format.scale.outer && mode.format.qmax == 1 &&
         std::holds_alternative<Integers>(mode.format.codec) &&
         mode.quantizer.rounding == Rounding::nearest_even && mode.quantizer.rule == Rule::divide;
}

// True if the kernels can try this mode's candidates: small floats or powers of two, in groups that
// one thread reads in order.
constexpr bool candidates_are_served(const Mode& mode) {
  const Codec& codec = mode.format.scale.storage.codec;
  return mode.quantizer.codes_from == CodesFrom::stored_scale &&
         mode.format.granularity != Granularity::tile &&
         (std::holds_alternative<SmallFloat>(codec) || std::holds_alternative<PowerOfTwo>(codec));
}

// True where the CUDA kernels find the scales: by a statistic or by a search of one group.
constexpr bool scales_are_found(const Mode& mode) {
  const Quantizer& quantizer = mode.quantizer;
  const bool whole_points =
      mode.format.zero == Zero::none ||
      (std::holds_alternative<Integers>(mode.format.zero_number.storage.codec) &&
       quantizer.codes_from == CodesFrom::stored_scale);
  const bool ranges =
      quantizer.statistic == Statistic::absmax || quantizer.statistic == Statistic::min_max;
  if (!whole_points || quantizer.weights_through == Dtype::bf16) return false;
  if (std::holds_alternative<ScaleCandidates>(quantizer.search))
    return quantizer.statistic == Statistic::absmax && candidates_are_served(mode);
  if (mode.format.granularity == Granularity::tile)
    return std::holds_alternative<std::monostate>(quantizer.search) && ranges;
  if (std::holds_alternative<TernaryMeans>(quantizer.search)) return means_are_served(mode);
  if (std::holds_alternative<Clipping>(quantizer.search)) return ranges && clipping_is_served(mode);
  if (!std::holds_alternative<std::monostate>(quantizer.search)) return false;
  return ranges || (quantizer.statistic == Statistic::mean_abs && means_are_served(mode));
}

// True where a thread finds the numbers and codes of a unit: by a search, or by a statistic that
// depends on the order of the weights.
constexpr bool found_by_units(const Mode& mode) {
  const Format& format = mode.format;
  const Quantizer& quantizer = mode.quantizer;
  if (format.granularity != Granularity::group || mode.block_sizes.size() != 1) return false;
  if (finds_codes(quantizer.search)) return true;
  return std::holds_alternative<std::monostate>(quantizer.search) &&
         (quantizer.statistic == Statistic::signed_absmax ||
          quantizer.statistic == Statistic::range) &&
         quantizer.rule == Rule::multiply_by_reciprocal && !format.scale.outer &&
         quantizer.codes_from == CodesFrom::exact_scale;
}

// True where tensor cores take codes as they are, exactly, in groups of columns of a row.
constexpr bool tensor_cores_take(const Format& format) {
  return format.granularity != Granularity::tile && !format.activations;
}

constexpr Family family_of(const Mode& mode) {
  const Format& format = mode.format;
  const Quantizer& quantizer = mode.quantizer;
  const bool codec = std::holds_alternative<Codebook>(format.codec) ||
                     std::holds_alternative<Integers>(format.codec) ||
                     std::holds_alternative<SmallFloat>(format.codec);
  Family out = {};
  const bool units = found_by_units(mode);
  out.by_units = units && quantizer.weights_through == Dtype::fp32;
  out.served = codec && !format.ordered && storage_is_served(mode) &&
               outer_scales_are_served(mode) && zero_is_served(mode);
  out.quantizes = out.served && (out.by_units || scales_are_found(mode));
  for (const int size : mode.block_sizes) {
    if (size < 0) continue;  // rows and the whole matrix are longer than any
    out.least_block = out.least_block == 0 ? size : std::min(out.least_block, size);
    out.most_block = std::max(out.most_block, size);
  }
  const bool four = out.served && format.bits == 4 && out.least_block >= 16 && format.qmax == 1 &&
                    format.granularity != Granularity::tile;
  const bool eight =
      out.served && format.bits == 8 && (out.least_block == 0 || out.least_block >= 16);
  out.wide = four;
  out.gemm_mma = four && tensor_cores_take(format) && !under_unit_scale(format.scale) &&
                 !format.zero_is_apart();  // it has no sums of x
  out.gemm_wgmma = out.gemm_mma && out.most_block >= 32;
  out.gemv_mma = (four || eight) && tensor_cores_take(format);
  out.wide_quantize = four && out.quantizes && format.granularity == Granularity::block &&
                      quantizer.rounding == Rounding::thresholds && quantizer.flush_subnormals &&
                      quantizer.rule == Rule::multiply_by_reciprocal &&
                      quantizer.codes_from == CodesFrom::exact_scale;
  out.llm_int8 = format.activations.has_value();
  return out;
}

}  // namespace qbench
