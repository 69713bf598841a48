// SPDX-License-Identifier: Apache-2.0
// GgufHeader: the key-values and the list of tensors of a GGUF file (ggml, docs/gguf.md), versions
// 2 and 3, little endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "suites/checkpoints/gguf/gguf_type.h"

namespace qbench {

inline constexpr std::uint32_t kMostGgufRank = 4;  // of tensors; ggml's GGML_MAX_DIMS

// The types of values, by their numbers in files.
enum class GgufValueType : std::uint32_t {
  u8,
  i8,
  u16,
  i16,
  u32,
  i32,
  f32,
  boolean,
  string,
  array,
  u64,
  i64,
  f64
};

// Texts and bytes of a header point into the file.
struct GgufKeyValue {
  std::string_view key;
  GgufValueType type;
  std::span<const std::byte> value;  // as it lies in the file
};

struct GgufTensorInfo {
  std::string_view name;
  const GgufType* type;
  std::vector<std::int64_t> shape;  // row-major: the file's order reversed
  std::uint64_t offset;             // from the begin of the data
};

struct GgufHeader {
  std::uint32_t version = 0;
  std::vector<GgufKeyValue> key_values;  // in the file's order; keys are unique
  std::vector<GgufTensorInfo> tensors;   // likewise; names are unique
  std::span<const std::byte> key_bytes;  // all key-values, as they lie in the file
  std::uint64_t alignment = 32;          // of the data and of every tensor
  std::uint64_t data_begin = 0;          // a multiple of the alignment; perhaps the file's end

  const GgufKeyValue* find(std::string_view key) const;
  // The value of a key of the type that is asked for; nullopt where there is none. A whole number
  // may be of any integer type and is not negative.
  std::optional<std::uint64_t> whole_number(std::string_view key) const;
  std::optional<std::string_view> text(std::string_view key) const;
};

// True if the bytes begin as a GGUF file does.
bool is_gguf(std::span<const std::byte> file);

// Checks all but where the tensors' bytes lie. Memory is in proportion to the file's size, whatever
// counts it states. Throws std::runtime_error with one line: a fault, big-endian files, versions
// other than 2 and 3, types that are unknown or were removed.
GgufHeader parse_gguf_header(std::span<const std::byte> file);

}  // namespace qbench
