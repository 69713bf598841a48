// SPDX-License-Identifier: Apache-2.0
// Traits that Of<M> (of.cuh) reads out of the description of a mode: how its outer scales are
// found, whether tensor cores take its levels as they are, and the parameters of its search.
#pragma once

#include <algorithm>
#include <bit>
#include <variant>

#include "kernels/emulator/simt.h"
#include "kernels/formats/family.h"

namespace qbench::QBENCH_SIMT_DEVICE {

// How outer scales are found, once the statistics of all groups are known.
enum class Outer {
  none,
  blocks_less_mean,  // double quantization: the absmax of 256 scales less their mean
  tensor,            // one, from the largest statistic
  units,             // f16, of a few groups of a row each; the quantizer finds them
};

template <const Mode& M>
constexpr Outer outer_of() {
  if constexpr (!M.format.scale.outer.has_value()) {
    return Outer::none;
  } else {
    constexpr OuterLevel kOuter = *M.format.scale.outer;
    if (under_unit_scale(M.format.scale)) return Outer::units;
    return kOuter.size == 0 ? Outer::tensor : Outer::blocks_less_mean;
  }
}

// True where every level, multiplied by the gain, is an exact number of both 16-bit types.
template <const Mode& M>
constexpr bool exact_in_16_bits() {
  if constexpr (!std::holds_alternative<Codebook>(M.format.codec)) {
    return true;
  } else {
    constexpr Codebook kBook = std::get<Codebook>(M.format.codec);
    const auto fits = [](float value, int bits) {
      const auto pattern = std::bit_cast<unsigned>(value);
      return (pattern & ((1u << (24 - bits)) - 1)) == 0;
    };
    for (const float value : kBook.values)
      if (!fits(value * kBook.gain.fp16, 11) || !fits(value * kBook.gain.bf16, 8)) return false;
    return true;
  }
}

// What arithmetic_codes.cuh multiplies small floats by.
constexpr float kSmallFloatGain = 1.125f;

// Where scales are applied to sums, sums of |x| times codes exceed those of weights by at most this
// factor: the largest code or difference of two codes, times its gain, and at least 16.
template <const Mode& M>
constexpr double scaled_last() {
  double largest = 16;
  if constexpr (std::holds_alternative<Integers>(M.format.codec)) {
    constexpr Integers kCodes = std::get<Integers>(M.format.codec);
    largest = std::max<double>(largest, kCodes.highest - std::min(kCodes.lowest, 0));
  } else if constexpr (std::holds_alternative<SmallFloat>(M.format.codec)) {
    largest =
        std::max<double>(largest, kSmallFloatGain * std::get<SmallFloat>(M.format.codec).largest);
  } else {
    constexpr Codebook kBook = std::get<Codebook>(M.format.codec);
    for (const float value : kBook.values)
      largest = std::max(
          largest, (value < 0 ? -1.0 : 1.0) * value * std::max(kBook.gain.fp16, kBook.gain.bf16));
  }
  return largest;
}

// The search, if it is of this kind; else zeros.
template <const Mode& M, class Kind>
constexpr Kind search_of() {
  if constexpr (std::holds_alternative<Kind>(M.quantizer.search))
    return std::get<Kind>(M.quantizer.search);
  else
    return {};
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
