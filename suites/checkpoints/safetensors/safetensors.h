// SPDX-License-Identifier: Apache-2.0
// The safetensors format: 8 bytes of header length (little endian), a JSON header, then the
// tensors' bytes.
#pragma once

#include "suites/checkpoints/tensors/tensor.h"

namespace qbench {

// The tensors in a file's bytes, ordered by offset, in their default layouts. Checks everything
// that the format promises, so that every byte of every tensor lies inside `file`. Throws
// std::runtime_error with one line that names the fault, or the kind of file that it is instead.
std::vector<Tensor> parse_safetensors(std::span<const std::byte> file);

}  // namespace qbench
