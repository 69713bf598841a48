// SPDX-License-Identifier: Apache-2.0
// Blocks of GGUF to planes and back.
#pragma once

#include <cstddef>
#include <span>

#include "reference/planes/quantized_matrix.h"
#include "suites/checkpoints/containers/gguf_layouts.h"

namespace qbench {

// `blocks` are those of the planes' weights, row by row, which are whole blocks; `planes` have the
// layout's format and block size. What is written is written whole, by several threads.

void unpack_blocks(const GgufLayout& layout, std::span<const std::byte> blocks,
                   QuantizedMatrix& planes);
void pack_blocks(const GgufLayout& layout, const QuantizedMatrix& planes,
                 std::span<std::byte> blocks);

// Throws std::runtime_error with one line if there are blocks that pack_blocks would not write.
void check_canonical(const GgufLayout& layout, std::span<const std::byte> blocks);

}  // namespace qbench
