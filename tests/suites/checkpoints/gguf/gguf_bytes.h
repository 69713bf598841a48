// SPDX-License-Identifier: Apache-2.0
// Builds the bytes of small GGUF files, right and wrong ones.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "suites/checkpoints/gguf/gguf.h"
#include "tests/catch.h"
#include "tests/suites/checkpoints/safetensors/safetensors_bytes.h"

namespace qbench::test {

template <class Number>
std::string le(Number number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}
inline std::string u32(std::uint32_t number) { return le(number); }
inline std::string u64(std::uint64_t number) { return le(number); }
inline std::string text(const std::string& bytes) { return u64(bytes.size()) + bytes; }

// A key-value of any type; `value` is as it lies in the file.
inline std::string key_value(const std::string& key, std::uint32_t type, const std::string& value) {
  return text(key) + u32(type) + value;
}
inline std::string key_text(const std::string& key, const std::string& value) {
  return key_value(key, 8, text(value));
}
inline std::string key_u32(const std::string& key, std::uint32_t value) {
  return key_value(key, 4, u32(value));
}
inline std::string key_u16(const std::string& key, std::uint16_t value) {
  return key_value(key, 2, le(value));
}

// Entry of the list of tensors; `ne` is fastest first.
inline std::string info(const std::string& name, const std::vector<std::uint64_t>& ne,
                        std::uint32_t type, std::uint64_t offset) {
  std::string bytes = text(name) + u32(static_cast<std::uint32_t>(ne.size()));
  for (const std::uint64_t dimension : ne) bytes += u64(dimension);
  return bytes + u32(type) + u64(offset);
}

struct GgufFile {
  std::vector<std::string> keys = {};
  std::vector<std::string> infos = {};
  std::string data = {};
  std::uint32_t version = 3;
  std::size_t alignment = 32;

  // The header, padded to the alignment, then the data.
  std::string bytes() const {
    std::string all = "GGUF" + u32(version) + u64(infos.size()) + u64(keys.size());
    for (const std::string& key : keys) all += key;
    for (const std::string& each : infos) all += each;
    all.resize((all.size() + alignment - 1) / alignment * alignment);
    return all + data;
  }
};

// One F32 tensor of one number.
inline GgufFile one_number() {
  return {.infos = {info("a", {1}, 0, 0)}, .data = std::string("\0\0\x80\x3f", 4)};
}

// One tensor; the error that it gives is after "tensor 'a': " or "tensor 1 of 1: 'a': ".
inline std::string file_with(const std::vector<std::uint64_t>& ne, std::uint32_t type,
                             std::size_t data) {
  return GgufFile{.infos = {info("a", ne, type, 0)}, .data = std::string(data, '\0')}.bytes();
}

inline std::string error_of_gguf(const std::string& file) {
  try {
    parse_gguf(as_bytes(file));
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

// The error is one line that holds all the words.
inline void check_gguf_error(const std::string& file, const std::vector<std::string>& words) {
  const std::string error = error_of_gguf(file);
  CAPTURE(error);
  CHECK(!error.empty());
  CHECK(error.find('\n') == error.npos);
  for (const std::string& word : words) {
    CAPTURE(word);
    CHECK(error.find(word) != error.npos);
  }
}

}  // namespace qbench::test
