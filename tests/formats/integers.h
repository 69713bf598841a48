// SPDX-License-Identifier: Apache-2.0
// Formats of integers, as data: those of GPTQ, AWQ, HQQ and compressed-tensors.
#pragma once

#include "reference/formats/integers.h"
#include "tests/formats/describe.h"

namespace qbench::as_data {

constexpr Mode asymmetric(int bits) { return asymmetric_integers(bits, "as-data", "", ""); }

// --- Formats that are found by a solver

// Zero points that are integers of the same width (GPTQ, AWQ).
constexpr Format integer_zeros(int bits, const Storage& scale) {
  Format format = asymmetric(bits).format;
  format.scale.storage = scale;
  return format;
}

// Columns keep their place, each names its group (act-order of GPTQ).
constexpr Format by_order(Format format) {
  format.ordered = true;
  return format;
}

// A zero point that is any number (HQQ).
constexpr Format real_zeros(int bits, const Storage& number) {
  Format format = integer_zeros(bits, number);
  format.zero_number.storage = number;
  return format;
}

// Two's complement, with or without a zero point (compressed-tensors).
constexpr Format signed_integers(int bits, Zero zero) {
  const Storage number = stored::signed_integer(bits);
  return {.bits = bits,
          .codec = number.codec,
          .granularity = Granularity::group,
          .zero = zero,
          .zero_number = {.storage = number}};
}

}  // namespace qbench::as_data
