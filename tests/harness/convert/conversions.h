// SPDX-License-Identifier: Apache-2.0
// Helpers of the tests of convert: runs it, and reads files and tensors again.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "harness/convert/convert.h"
#include "reference/reference.h"
#include "suites/checkpoints/tensors/stored_tensor.h"
#include "suites/checkpoints/tensors/tensor_bytes.h"
#include "tests/harness/cli/command_line.h"
#include "tests/harness/model/network/networks.h"

namespace qbench::test {

// `qbench convert` with these words, quietly.
inline int converted(std::vector<std::string> words) {
  words.insert(words.begin(), "convert");
  words.emplace_back("-q");
  return run_convert(good(words));
}

// The one line of its error, where it throws.
inline std::string why_not(std::vector<std::string> words) {
  words.insert(words.begin(), "convert");
  words.emplace_back("-q");
  const Parsed parsed = parse(words);
  if (parsed.exit_code) return parsed.err;
  try {
    run_convert(parsed.options);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

inline std::string text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::string bytes_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The names of all that is in a folder, each with a space after it.
inline std::string names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) names.push_back(entry.path().lexically_relative(folder).string());
  std::ranges::sort(names);
  std::string list;
  for (const std::string& name : names) list += name + " ";
  return list;
}

inline bool same_planes(const QuantizedMatrix& a, const QuantizedMatrix& b) {
  bool same = true;
  for_each_plane(a, b, [&](Plane, const auto& of_a, const auto& of_b) {
    same = same && std::ranges::equal(of_a, of_b);
  });
  return same;
}

}  // namespace qbench::test
