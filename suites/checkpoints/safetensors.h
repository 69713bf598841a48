// SPDX-License-Identifier: Apache-2.0
// The safetensors format: 8 bytes of header length (little endian), a JSON header, then the
// tensors' bytes.
#pragma once

#include "suites/checkpoints/tensor.h"

namespace qbench {

// The tensors of a file's bytes, in the order of their offsets, in their default layouts. Checks
// everything that the format promises: every byte of every tensor lies inside `file`. Throws
// std::runtime_error with one line that says what is wrong, or what the bytes are instead.
std::vector<Tensor> parse_safetensors(std::span<const std::byte> file);

}  // namespace qbench
