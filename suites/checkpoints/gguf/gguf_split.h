// SPDX-License-Identifier: Apache-2.0
// Models that llama-gguf-split has cut into files, NAME-00001-of-00003.gguf and so on.
#pragma once

#include <filesystem>
#include <vector>

namespace qbench {

// The files of the model that a GGUF file is a part of, in order; the file alone where it is a
// whole one. Throws std::runtime_error with one line: a part is missing, parts are not of one
// model, or a part has another name than its split.no and split.count ask for.
std::vector<std::filesystem::path> gguf_parts(const std::filesystem::path& file);

}  // namespace qbench
