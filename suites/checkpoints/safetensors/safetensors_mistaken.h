// SPDX-License-Identifier: Apache-2.0
// Recognizes files that are often mistaken for safetensors files by their first bytes.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace qbench {

// The kind of file and what to do: "this is a Git LFS pointer, not the file: run git lfs pull";
// empty if the bytes are not recognized. Only for bytes that are known not to be a safetensors
// file, because some magic numbers have only two bytes.
std::string mistaken_for_safetensors(std::span<const std::byte> file);

}  // namespace qbench
