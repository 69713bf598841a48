// SPDX-License-Identifier: Apache-2.0
// The index of a checkpoint of several files (*.safetensors.index*.json): which tensor lies in
// which.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>

namespace qbench {

// Tensor to file, relative to the index's folder, without "." and never above it.
using WeightMap = std::map<std::string, std::string>;

// Throws std::runtime_error with one line that says what is wrong with the text. Whether the files
// are there is not checked.
WeightMap parse_index(std::span<const std::byte> json);

// The only index in `folder`; nothing where there is none. Throws where there are several, since
// only the user knows which is meant.
std::optional<std::filesystem::path> index_in(const std::filesystem::path& folder);

}  // namespace qbench
