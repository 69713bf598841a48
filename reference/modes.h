// SPDX-License-Identifier: Apache-2.0
// The table of modes, the one list of them: reference, CUDA kernels, baselines, static gates and
// tests walk it. To add a mode: its header in formats/, and a line here.
#pragma once

#include <array>

#include "reference/formats/fp4.h"
#include "reference/formats/int4.h"
#include "reference/formats/int8.h"
#include "reference/formats/mxfp4.h"
#include "reference/formats/nf4.h"
#include "reference/formats/nvfp4.h"
#include "reference/formats/plain.h"
#include "reference/formats/q8_0.h"
#include "reference/mode.h"

namespace qbench {

// In the order of --list.
inline constexpr std::array kModes = {
    &kFp32,  &kFp16, &kBf16, &kNf4,   &kNf4Dq, &kFp4,
    &kFp4Dq, &kInt8, &kInt4, &kMxfp4, &kNvfp4, &kQ8_0,
};

}  // namespace qbench
