// SPDX-License-Identifier: Apache-2.0
// What is often taken for a safetensors file, by its first bytes.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace qbench {

// "this is a Git LFS pointer, not the file: run git lfs pull": what the bytes are and what to do,
// or empty where they look like nothing that is known. Only for bytes that are known to be no
// safetensors file: some of the magics are two bytes long.
std::string mistaken_for_safetensors(std::span<const std::byte> file);

}  // namespace qbench
