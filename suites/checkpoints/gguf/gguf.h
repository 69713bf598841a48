// SPDX-License-Identifier: Apache-2.0
// The tensors of a GGUF file.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "suites/checkpoints/gguf/gguf_header.h"
#include "suites/checkpoints/tensors/tensor.h"

namespace qbench {

// Bytes of a tensor. Throws std::runtime_error with one line if its rows are no whole blocks, if
// the rank is more than GGUF has, or if the size overflows.
std::int64_t gguf_bytes(const GgufType& type, const std::vector<std::int64_t>& shape);

// The tensors in a file's bytes, ordered by offset, in their default layouts. The dtype is the name
// of the type ("F16", "Q4_K"); blocks are as in the file. Beyond what the header's reader checks,
// every byte of every tensor lies inside `file`, and no two tensors overlap. Throws
// std::runtime_error with one line that names the fault.
std::vector<Tensor> parse_gguf(std::span<const std::byte> file);

}  // namespace qbench
