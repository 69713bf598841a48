// SPDX-License-Identifier: Apache-2.0
// bnb.nf4 to bnb.int8, int8-training: bitsandbytes' modes as LitGPT and Lightning Fabric name them
// (BitsandbytesPrecision). Fabric casts every weight to fp16 before it is quantized. Weights in
// bf16 thereby become infinite beyond 65504, lose bits below 2^-17 and are 0 up to 2^-25.
#pragma once

#include <array>

#include "reference/formats/fp4.h"
#include "reference/formats/int8.h"
#include "reference/formats/nf4.h"

namespace qbench {

// The mode under Fabric's name, with its weights through fp16.
constexpr Mode by_lightning(std::string_view name, std::string_view summary, Mode mode) {
  mode.name = name;
  mode.summary = summary;
  mode.family = "lightning";
  mode.used_by = "LitGPT, Lightning Fabric";
  mode.source = "BitsandbytesPrecision of Lightning Fabric; --quantize of LitGPT";
  mode.quantizer.weights_through = Dtype::fp16;
  return mode;
}

inline constexpr Mode kBnbNf4 = by_lightning("bnb.nf4", "nf4 of weights as fp16", kNf4);
inline constexpr Mode kBnbNf4Dq = by_lightning("bnb.nf4-dq", "nf4-dq of weights as fp16", kNf4Dq);
inline constexpr Mode kBnbFp4 = by_lightning("bnb.fp4", "fp4 of weights as fp16", kFp4);
inline constexpr Mode kBnbFp4Dq = by_lightning("bnb.fp4-dq", "fp4-dq of weights as fp16", kFp4Dq);
inline constexpr Mode kBnbInt8 =
    by_lightning("bnb.int8", "int8, whose weights are fp16 first in bitsandbytes too", kInt8);

constexpr Mode made_every_step(Mode mode) {
  mode.keeps_fp16 = true;
  return mode;
}
// Bits per parameter count the codes that a step multiplies by, not the fp16 weights that the model
// keeps beside them.
inline constexpr Mode kInt8Training = made_every_step(by_lightning(
    "int8-training", "int8, made anew in every step of fp16 weights that stay", kInt8));

inline constexpr std::array kLightningModes = {&kBnbNf4,   &kBnbNf4Dq, &kBnbFp4,
                                               &kBnbFp4Dq, &kBnbInt8,  &kInt8Training};

}  // namespace qbench
