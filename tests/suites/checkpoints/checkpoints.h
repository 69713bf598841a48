// SPDX-License-Identifier: Apache-2.0
// Helpers of the tests of checkpoints: small files, names that are selected, errors.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "suites/checkpoints/checkpoint.h"
#include "tests/catch.h"
#include "tests/suites/checkpoints/safetensors/safetensors_bytes.h"
#include "tests/suites/checkpoints/test_folder.h"

namespace qbench::test {

// Name and shape, as in "[2,3]"; all are F32, of zeros.
using NamedShapes = std::vector<std::pair<std::string, std::vector<std::int64_t>>>;

inline std::string f32_file_of(const NamedShapes& tensors) {
  std::string header;
  std::int64_t end = 0;
  for (const auto& [name, shape] : tensors) {
    const std::int64_t begin = end;
    std::int64_t size = 4;
    std::string dimensions;
    for (const std::int64_t dimension : shape) {
      size *= dimension;
      dimensions += (dimensions.empty() ? "" : ",") + std::to_string(dimension);
    }
    end += size;
    header += (header.empty() ? "" : ",") + ("\"" + name) + R"(":{"dtype":"F32","shape":[)" +
              dimensions + R"(],"data_offsets":[)" + std::to_string(begin) + "," +
              std::to_string(end) + "]}";
  }
  return safetensors_bytes("{" + header + "}", std::string(static_cast<std::size_t>(end), '\0'));
}

// One tensor of one number, which is 1 unless `number` is its bytes.
inline std::string f32_file(const std::string& name,
                            const std::string& number = std::string("\0\0\x80\x3f", 4)) {
  return one_tensor(name, "F32", "[1]", number);
}

// The names that are selected, each with a space after it.
inline std::string names(const std::vector<std::string>& specs, const TensorRules& rules = {}) {
  const Checkpoint checkpoint(specs, rules);
  std::string list;
  for (const Tensor& tensor : checkpoint.tensors()) list += tensor.name + " ";
  return list;
}
inline std::string names(const std::string& spec, const TensorRules& rules = {}) {
  return names(std::vector<std::string>{spec}, rules);
}

// The error is one line that holds all the words.
inline void check_error(const std::vector<std::string>& specs,
                        const std::vector<std::string>& words, const TensorRules& rules = {}) {
  std::string error;
  try {
    const Checkpoint checkpoint(specs, rules);
  } catch (const std::runtime_error& caught) {
    error = caught.what();
  }
  CAPTURE(specs, error);
  CHECK(!error.empty());
  CHECK(error.find('\n') == error.npos);
  for (const std::string& word : words) {
    CAPTURE(word);
    CHECK(error.find(word) != error.npos);
  }
}
inline void check_error(const std::string& spec, const std::vector<std::string>& words,
                        const TensorRules& rules = {}) {
  check_error(std::vector<std::string>{spec}, words, rules);
}

}  // namespace qbench::test
