// SPDX-License-Identifier: Apache-2.0
// Names of tensors in GGUF files and in Hugging Face's checkpoints, for models of LLaMA's kind and
// BERT's, and the order of the rows that differs between the two.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "suites/checkpoints/gguf/gguf_header.h"

namespace qbench {

// "model.layers.3.self_attn.q_proj.weight" of "blk.3.attn_q.weight": the name in LLaMA's models.
// nullopt for names that those do not have: llama.cpp stores the experts of a layer as one tensor,
// for example.
std::optional<std::string> name_in_hugging_face(std::string_view gguf);
// The name that llama.cpp's converter gives to a tensor of LLaMA's kind or BERT's; names of GGUF
// stay as they are. nullopt for other names.
std::optional<std::string> name_in_gguf(std::string_view name);

inline constexpr std::int64_t kUnknownHeads = -1;

// The heads of a tensor of a GGUF file whose rows llama.cpp's converter reorders: queries and keys
// of the architecture "llama". 0 for other tensors and architectures; kUnknownHeads where the file
// does not tell.
std::int64_t reordered_heads(const GgufHeader& header, std::string_view gguf);

// With the rows of Hugging Face as heads of 2 x d/2 rows, GGUF has the same rows as heads of d/2 x
// 2: entry r is Hugging Face's row that GGUF has as row r. `heads` is 0 where rows are not
// reordered; otherwise 2 * heads divides `rows`, else std::runtime_error is thrown.
std::vector<std::int64_t> rows_in_gguf(std::int64_t rows, std::int64_t heads);

}  // namespace qbench
