// SPDX-License-Identifier: Apache-2.0
// What the format promises beyond its JSON (https://github.com/huggingface/safetensors, "Format"):
// sizes that agree with shapes, and data that is covered exactly, once. And the numbers, to f32.
#include "harness/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include "harness/safetensors_header.h"

namespace qbench {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors data is little endian");

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;  // the format's own limit

struct FileDtype {
  std::string_view name;
  std::int64_t bits;
};

constexpr FileDtype kFileDtypes[] = {
    {"BOOL", 8},        {"F4", 4},      {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"U8", 8},
    {"I8", 8},          {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8},
    {"F8_E5M2FNUZ", 8}, {"I16", 16},    {"U16", 16},    {"F16", 16},    {"BF16", 16},
    {"I32", 32},        {"U32", 32},    {"F32", 32},    {"C64", 64},    {"F64", 64},
    {"I64", 64},        {"U64", 64}};

[[noreturn]] void fail(const std::string& name, const std::string& message) {
  throw std::runtime_error("tensor " + in_quotes(name) + ": " + message);
}

std::string text(const std::vector<std::int64_t>& numbers) {
  constexpr std::size_t kMostShown = 8;
  std::string list;
  for (std::size_t i = 0; i < std::min(numbers.size(), kMostShown); ++i)
    list += (i == 0 ? "" : ", ") + std::to_string(numbers[i]);
  return "[" + list + (numbers.size() > kMostShown ? ", ...]" : "]");
}

std::int64_t bits_of(const HeaderEntry& entry) {
  for (const FileDtype& dtype : kFileDtypes)
    if (dtype.name == entry.dtype) return dtype.bits;
  fail(entry.name, "the format has no dtype " + in_quotes(entry.dtype));
}

// Of the tensor by its shape and dtype. A dimension of 0 does not excuse others whose product
// overflows.
std::int64_t byte_count(const HeaderEntry& entry) {
  std::int64_t bits = bits_of(entry);
  bool empty = false;
  for (const std::int64_t dimension : entry.shape) {
    empty = empty || dimension == 0;
    if (__builtin_mul_overflow(bits, std::max<std::int64_t>(dimension, 1), &bits))
      fail(entry.name, "shape " + text(entry.shape) + " is too large: its size overflows");
  }
  if (empty) return 0;
  if (bits % 8 != 0)
    fail(entry.name, entry.dtype + " of shape " + text(entry.shape) + " does not fill whole bytes");
  return bits / 8;
}

// `data` is what follows the header.
Tensor make_tensor(HeaderEntry entry, std::span<const std::byte> data) {
  const std::int64_t needed = byte_count(entry);
  const std::int64_t begin = entry.data_offsets[0];
  const std::int64_t end = entry.data_offsets[1];
  const std::string offsets = "data_offsets " + text(entry.data_offsets);
  if (begin > end) fail(entry.name, offsets + " end before they begin");
  if (end > std::ssize(data))
    fail(entry.name, offsets + " are out of range: the file has " + std::to_string(data.size()) +
                         " bytes of data (cut off?)");
  if (end - begin != needed)
    fail(entry.name, offsets + " hold " + std::to_string(end - begin) + " bytes, but " +
                         entry.dtype + " of shape " + text(entry.shape) + " needs " +
                         std::to_string(needed));
  return {std::move(entry.name), std::move(entry.dtype), std::move(entry.shape),
          data.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(needed))};
}

// By offset; an empty tensor comes before the one that begins where it lies.
void sort_by_offset(std::vector<Tensor>& tensors) {
  std::stable_sort(tensors.begin(), tensors.end(), [](const Tensor& a, const Tensor& b) {
    const std::byte* a_begin = a.bytes.data();
    const std::byte* b_begin = b.bytes.data();
    return a_begin != b_begin ? a_begin < b_begin : a.bytes.size() < b.bytes.size();
  });
}

// `tensors` by offset.
void check_coverage(const std::vector<Tensor>& tensors, std::span<const std::byte> data) {
  const std::byte* covered = data.data();
  for (const Tensor& tensor : tensors) {
    const std::ptrdiff_t gap = tensor.bytes.data() - covered;
    if (gap < 0) fail(tensor.name, "its data overlaps that of another tensor");
    if (gap > 0)
      fail(tensor.name, "a hole of " + std::to_string(gap) + " bytes lies before its data");
    covered += tensor.bytes.size();
  }
  const std::ptrdiff_t rest = data.data() + data.size() - covered;
  if (rest > 0)
    throw std::runtime_error("a hole: " + std::to_string(rest) +
                             " bytes after the last tensor belong to none");
}

std::uint64_t header_length(std::span<const std::byte> file) {
  if (file.size() < kLengthBytes)
    throw std::runtime_error("too short for a safetensors file: " + std::to_string(file.size()) +
                             " bytes, where 8 of header length come first");
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), kLengthBytes);
  if (length > kMaxHeaderBytes)
    throw std::runtime_error("header too long: " + std::to_string(length) +
                             " bytes, where the format allows 100000000 (not a safetensors file?)");
  if (length > file.size() - kLengthBytes)
    throw std::runtime_error("cut off: a header of " + std::to_string(length) +
                             " bytes in a file of " + std::to_string(file.size()));
  return length;
}

// Shifts for the normal numbers, a product for the subnormal ones (an integer times 2^-24, exact),
// and the largest exponent for infinity and NaN, whose payload stays.
float f16_to_f32(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000u) << 16;
  const std::uint32_t magnitude = half & 0x7fffu;
  const auto subnormal = std::bit_cast<std::uint32_t>(
      static_cast<float>(static_cast<std::int32_t>(magnitude)) * 0x1p-24f);
  const std::uint32_t normal = (magnitude << 13) + ((127u - 15u) << 23);
  const std::uint32_t special = (magnitude << 13) | 0x7f800000u;
  const std::uint32_t bits = magnitude < 0x0400u   ? subnormal
                             : magnitude < 0x7c00u ? normal
                                                   : special;
  return std::bit_cast<float>(sign | bits);
}

float bf16_to_f32(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

// The bytes need not be aligned.
template <float (*to_f32)(std::uint16_t)>
void convert(std::span<const std::byte> from, Buffer<float>& to) {
  const std::byte* bytes = from.data();
  float* values = to.data();
  for (std::size_t i = 0; i < to.size(); ++i) {
    std::uint16_t value;
    std::memcpy(&value, bytes + 2 * i, sizeof(value));
    values[i] = to_f32(value);
  }
}

}  // namespace

std::int64_t Tensor::rows() const { return shape.size() < 2 ? 1 : shape[0]; }

std::int64_t Tensor::cols() const {
  std::int64_t product = 1;
  for (std::size_t i = shape.size() < 2 ? 0 : 1; i < shape.size(); ++i) product *= shape[i];
  return product;
}

std::string Tensor::unusable() const {
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return "has no elements";
  if (dtype == "F32" || dtype == "F16" || dtype == "BF16") return "";
  return "dtype " + dtype + " is not read yet (F32, F16 and BF16 are)";
}

std::vector<Tensor> parse_safetensors(std::span<const std::byte> file) {
  const std::uint64_t length = header_length(file);
  const std::span<const std::byte> data = file.subspan(kLengthBytes + length);
  const std::string_view json(reinterpret_cast<const char*>(file.data()) + kLengthBytes, length);
  std::vector<Tensor> tensors;
  for (HeaderEntry& entry : parse_safetensors_header(json))
    tensors.push_back(make_tensor(std::move(entry), data));
  if (tensors.empty()) throw std::runtime_error("holds no tensor at all");
  sort_by_offset(tensors);
  check_coverage(tensors, data);
  return tensors;
}

Matrix to_matrix(const Tensor& tensor) {
  if (const std::string reason = tensor.unusable(); !reason.empty()) fail(tensor.name, reason);
  Matrix matrix(tensor.rows(), tensor.cols());
  if (tensor.dtype == "F32")
    std::memcpy(matrix.values.data(), tensor.bytes.data(), tensor.bytes.size());
  else if (tensor.dtype == "F16")
    convert<f16_to_f32>(tensor.bytes, matrix.values);
  else
    convert<bf16_to_f32>(tensor.bytes, matrix.values);
  return matrix;
}

}  // namespace qbench
