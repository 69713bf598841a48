// SPDX-License-Identifier: Apache-2.0
// GgufLayout: where the numbers of a block of GGUF lie, for the types that have a format here.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "reference/mode.h"

namespace qbench {

// The numbers of one block in the order of the planes: a number of up to 8 bits takes a byte, one
// of 16 bits two. They are as ggml stores them: a code or a scale that may be negative and is
// narrower than a byte has half its range added; ggml takes off the minima that have a scale.
struct BlockNumbers {
  std::uint8_t* codes;
  std::uint8_t* scales;
  std::uint8_t* outer;
  std::uint8_t* zeros;
  std::uint8_t* zeros_outer;
};

struct GgufLayout {
  std::string_view type;  // "Q4_K"
  const Mode& mode;       // has the format and the block size of the planes
  int weights;            // of a block, likewise
  int bytes;
  // What is written must be 0 before.
  void (*unpack)(const std::uint8_t* block, const BlockNumbers& to);
  void (*pack)(std::uint8_t* block, const BlockNumbers& from);
  // The codes lie in the block as in the plane: `codes` has them packed.
  bool codes_as_in_plane = false;
  // False for bytes that pack never writes, since others say the same; nullptr: there are none.
  bool (*is_canonical)(const std::uint8_t* block) = nullptr;
};

std::span<const GgufLayout> gguf_layouts();

// nullptr where the type has no format.
const GgufLayout* find_gguf_layout(std::string_view type);
// That of planes of this format and block size; nullptr where GGUF has none.
const GgufLayout* find_gguf_layout(const Format& format, int block_size);

}  // namespace qbench
