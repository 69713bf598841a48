// SPDX-License-Identifier: Apache-2.0
// Reads the JSON header of a safetensors file strictly.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace qbench {

struct HeaderEntry {
  std::string name;
  std::string dtype;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> data_offsets;  // begin, end
};

// The tensors that the header lists, in its order. Every field occurs once, with the right type;
// values are not checked. Throws std::runtime_error with one line.
std::vector<HeaderEntry> parse_safetensors_header(std::string_view json);

// The message of a JSON parser's exception without the text it had read, which may be anything.
std::string json_problem(std::string_view what);

}  // namespace qbench
