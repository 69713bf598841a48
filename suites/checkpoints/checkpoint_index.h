// SPDX-License-Identifier: Apache-2.0
// The index of a checkpoint of several files (*.safetensors.index*.json), which maps tensors to
// files.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>

namespace qbench {

// Tensor to file. Paths are relative to the index's folder, without "." and never outside it.
using WeightMap = std::map<std::string, std::string>;

// Does not check that the files exist. Throws std::runtime_error with one line for an invalid
// index.
WeightMap parse_index(std::span<const std::byte> json);

// The only index in `folder`, if there is one. Throws std::runtime_error if there are several,
// since only the user knows which is meant.
std::optional<std::filesystem::path> index_in(const std::filesystem::path& folder);

}  // namespace qbench
