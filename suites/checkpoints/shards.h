// SPDX-License-Identifier: Apache-2.0
// Shards: the safetensors files of one model, "model-00001-of-00004.safetensors" and so on.
#pragma once

#include <filesystem>
#include <span>
#include <string>

namespace qbench {

// What a model lacks of which these are all files: "3 of its 4 shards
// ('model-00002-of-00004.safetensors' and 2 more): give the folder that has all, or the index".
// Empty: it lacks none. Shards of one model lie in one folder.
std::string missing_shards(std::span<const std::filesystem::path> files);

}  // namespace qbench
