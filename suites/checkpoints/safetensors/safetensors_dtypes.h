// SPDX-License-Identifier: Apache-2.0
// The dtypes of the safetensors format.
#pragma once

#include <cstdint>
#include <string_view>

namespace qbench {

struct FileDtype {
  std::string_view name;
  std::int64_t bits;
};

// In the order of the library's enumeration, by which it sorts tensors (safetensors, tensor.rs).
inline constexpr FileDtype kFileDtypes[] = {
    {"BOOL", 8},        {"F4", 4},      {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"U8", 8},
    {"I8", 8},          {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8},
    {"F8_E5M2FNUZ", 8}, {"I16", 16},    {"U16", 16},    {"F16", 16},    {"BF16", 16},
    {"I32", 32},        {"U32", 32},    {"F32", 32},    {"C64", 64},    {"F64", 64},
    {"I64", 64},        {"U64", 64}};

// nullptr where the format has no dtype of this name.
constexpr const FileDtype* find_file_dtype(std::string_view name) {
  for (const FileDtype& dtype : kFileDtypes)
    if (dtype.name == name) return &dtype;
  return nullptr;
}

}  // namespace qbench
