// SPDX-License-Identifier: Apache-2.0
// iq4_nl, iq4_xs: GGUF's levels that are no grid; mxfp4-ggml, nvfp4-1l: E2M1 as ggml quantizes it,
// where nvfp4 has no scale of the tensor.
#pragma once

#include <array>

#include "reference/formats/gguf_k.h"
#include "reference/formats/mx.h"
#include "reference/formats/nvfp4.h"

namespace qbench {

inline constexpr float kIq4Values[] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                       1,    13,   25,  38,  53,  69,  89,  113};
inline constexpr Codebook kIq4Levels = {
    .values = kIq4Values, .origin = "ggml's kvalues_iq4nl: integers, closer together near 0"};
inline constexpr Quantizer kIq4Quantizer = {.search = CodebookCandidates{.each_side = 7}};

inline constexpr Mode kIq4_nl =
    gguf_mode("iq4_nl", "GGUF: 16 levels that are no grid, an f16 scale per 32 along k",
              "ggml, quantize_iq4_nl", gguf_groups(4, kIq4Levels, {.storage = stored::f16}),
              kIq4Quantizer, kGgufBlockSizes);
inline constexpr Mode kIq4_xs = gguf_mode(
    "iq4_xs", "GGUF: the levels of iq4_nl, 6-bit scales per 32, an f16 scale per 256",
    "ggml, quantize_iq4_xs", gguf_groups(4, kIq4Levels, under_f16(stored::signed_integer(6), 8)),
    kIq4Quantizer, kGgufBlockSizes);

inline constexpr Mode kMxfp4Ggml =
    gguf_mode("mxfp4-ggml", "mxfp4 as ggml quantizes it: codes of least error, never -0",
              "ggml, quantize_row_mxfp4_ref", kMxfp4.format, {.search = NearestLevel{.qmax = 4}},
              kMxBlockSizes);
inline constexpr Mode kNvfp4OneLevel =
    gguf_mode("nvfp4-1l", "nvfp4 without a scale of the tensor, as ggml quantizes it",
              "ggml, quantize_row_nvfp4_ref", gguf_groups(4, kE2M1, {.storage = stored::e4m3}),
              {.search = NearestLevel{.qmax = 6}}, kNvBlockSizes);

inline constexpr std::array kGgufTableModes = {&kIq4_nl, &kIq4_xs, &kMxfp4Ggml, &kNvfp4OneLevel};

}  // namespace qbench
