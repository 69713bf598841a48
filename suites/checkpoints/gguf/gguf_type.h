// SPDX-License-Identifier: Apache-2.0
// GgufType: the types of tensors in GGUF files, with the sizes of their blocks.
#pragma once

#include <cstdint>
#include <string_view>

namespace qbench {

struct GgufType {
  std::uint32_t number;   // in files (ggml's enum ggml_type)
  std::string_view name;  // "Q4_K"; the dtype of tensors
  std::int64_t weights;   // neighbours along k that a block holds
  std::int64_t bytes;     // of a block; 0 for types that GGUF no longer has

  constexpr bool removed() const { return bytes == 0; }
  // True for types whose blocks are more than numbers in a row.
  constexpr bool quantized() const { return weights > 1; }
};

// nullptr where there is none.
const GgufType* find_gguf_type(std::uint32_t number);
const GgufType* find_gguf_type(std::string_view name);

}  // namespace qbench
