// SPDX-License-Identifier: Apache-2.0
// Names of tensors in GGUF files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace qbench {

// The name that llama.cpp's converter gives to a weight of LLaMA's family or of BERT's, by its name
// in transformers; names of GGUF stay as they are. Empty if it is not known.
std::optional<std::string> gguf_name(std::string_view tensor);

}  // namespace qbench
