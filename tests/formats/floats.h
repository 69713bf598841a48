// SPDX-License-Identifier: Apache-2.0
// Formats of small floats that are no modes, as data.
#pragma once

#include "reference/formats/fp8.h"
#include "reference/formats/mx.h"
#include "reference/formats/nvfp4.h"
#include "tests/formats/describe.h"

namespace qbench::as_data {

// absmax goes to the largest number of the format, f32 scale.
constexpr Mode absmax(int bits, const Codec& codec, float qmax,
                      Granularity granularity = Granularity::block) {
  return mode({.bits = bits, .codec = codec, .granularity = granularity}, {.qmax = qmax});
}

// modelopt's MXFP4: the exponent is ceil(log2(absmax / 6)), of the real quotient.
inline constexpr Mode kModeloptMxfp4 = mode(kMxfp4.format, {.qmax = 6, .exponent = Exponent::ceil});

// Scales of rows in bf16 (compressed-tensors).
inline constexpr Format kFp8RowsUnderBf16 = [] {
  Format format = kFp8Row.format;
  format.scale.storage = stored::bf16;
  return format;
}();

}  // namespace qbench::as_data
