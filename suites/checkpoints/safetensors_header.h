// SPDX-License-Identifier: Apache-2.0
// The JSON header of a safetensors file, read strictly, and how text from files is shown in errors.
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

// The tensors that the header lists, in its order. Their fields are all there, once each, and of
// the right type; what their values mean is not checked. Throws std::runtime_error with one line.
std::vector<HeaderEntry> parse_safetensors_header(std::string_view json);

// In quotes, printable and cut short: fit for an error or a terminal.
std::string in_quotes(std::string_view text);

// What a JSON parser's exception says was wrong, without the text it had read, which may be
// anything.
std::string json_problem(std::string_view what);

}  // namespace qbench
