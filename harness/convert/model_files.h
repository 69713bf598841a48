// SPDX-License-Identifier: Apache-2.0
// The files of a converted folder beside its weights.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "harness/convert/out_file.h"
#include "harness/convert/places.h"

namespace qbench {

// The path of a written file in its folder: that of its source.
std::filesystem::path name_in_folder(const OutFile& file, const Places& places);

// JSON, or "" where the target has none: floats need no explanation, and GGUF explains itself.
std::string quantization_config_of(std::span<const Conversion> conversions, const Target& target);

// Copies what lies beside the weights, and writes config.json and the index anew. Tells on stderr
// which files were left out.
void write_model_files(const Places& places, const std::filesystem::path& folder,
                       std::span<const OutFile> files, const std::string& quantization_config);

// Puts the conversions of a GGUF file into the order in which its header lists the tensors.
void sort_as_listed(OutFile& file);

}  // namespace qbench
