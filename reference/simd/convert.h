// SPDX-License-Identifier: Apache-2.0
// Numbers of 32 bits to types of 16 and back, compiled once per instruction set. SimdLoops has the
// contracts.
#pragma once

#include <cstddef>
#include <cstdint>

#include "reference/mode.h"

namespace qbench::reference::QBENCH_ISA {

void round_to(Dtype dtype, float* x, std::size_t count);
void narrow(Dtype dtype, const float* x, std::size_t count, std::uint16_t* out);
void widen(Dtype dtype, const std::uint16_t* x, std::size_t count, float* out);

}  // namespace qbench::reference::QBENCH_ISA
