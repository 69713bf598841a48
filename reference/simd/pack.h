// SPDX-License-Identifier: Apache-2.0
// Codes to packed bytes and back, compiled once per instruction set. SimdLoops has the contracts.
#pragma once

#include <cstddef>
#include <cstdint>

#include "reference/mode.h"

namespace qbench::reference::QBENCH_ISA {

void pack(const std::uint8_t* codes, std::size_t count, int bits, Packing packing, std::uint8_t pad,
          std::byte* out);
void unpack(const std::byte* packed, std::size_t count, int bits, Packing packing,
            std::uint8_t* codes);

}  // namespace qbench::reference::QBENCH_ISA
