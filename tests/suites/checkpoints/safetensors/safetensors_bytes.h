// SPDX-License-Identifier: Apache-2.0
// Builds the bytes of small safetensors files, right and wrong ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace qbench {

// The length of `header`, then both as they are: nothing is checked or padded.
inline std::string safetensors_bytes(const std::string& header, const std::string& data) {
  std::string length(8, '\0');
  for (std::size_t i = 0; i < 8; ++i)
    length[i] = static_cast<char>(header.size() >> (8 * i) & 0xff);
  return length + header + data;
}

// A file of one tensor at the data's begin.
inline std::string one_tensor(const std::string& name, const std::string& dtype,
                              const std::string& shape, const std::string& data) {
  return safetensors_bytes("{\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape +
                               ",\"data_offsets\":[0," + std::to_string(data.size()) + "]}}",
                           data);
}

inline std::span<const std::byte> as_bytes(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace qbench
