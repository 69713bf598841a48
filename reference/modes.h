// SPDX-License-Identifier: Apache-2.0
// The table of modes, the one list of them: reference, CUDA kernels, baselines, static gates and
// tests walk it. To add a mode: its constant in a header of formats/, and its place in the array of
// its family, which stands in that header.
#pragma once

#include <array>
#include <cstddef>

#include "reference/formats/fp4.h"
#include "reference/formats/fp6.h"
#include "reference/formats/fp8.h"
#include "reference/formats/gguf.h"
#include "reference/formats/gguf_k.h"
#include "reference/formats/gguf_tables.h"
#include "reference/formats/gguf_ternary.h"
#include "reference/formats/int8.h"
#include "reference/formats/integers.h"
#include "reference/formats/lightning.h"
#include "reference/formats/mx.h"
#include "reference/formats/nf4.h"
#include "reference/formats/nvfp4.h"
#include "reference/formats/plain.h"
#include "reference/formats/ternary.h"
#include "reference/mode.h"

namespace qbench {

// One array of the modes of several.
template <std::size_t... kCounts>
constexpr auto joined(const std::array<const Mode*, kCounts>&... families) {
  std::array<const Mode*, (kCounts + ...)> all{};
  std::size_t end = 0;
  const auto append = [&](const auto& family) {
    for (const Mode* mode : family) all[end++] = mode;
  };
  (append(families), ...);
  return all;
}

// --list shows families in this order.
inline constexpr auto kModes =
    joined(kPlainModes, kNf4Modes, kFp4Modes, kInt8Modes, kIntegerModes, kTernaryModes, kFp8Modes,
           kFp6Modes, kMxModes, kNvModes, kGgufModes, kGgufKModes, kGgufTableModes,
           kGgufTernaryModes, kLightningModes);

}  // namespace qbench
