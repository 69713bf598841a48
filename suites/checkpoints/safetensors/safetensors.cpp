// SPDX-License-Identifier: Apache-2.0
// Checks the promises of the format beyond its JSON (https://github.com/huggingface/safetensors,
// "Format"): sizes agree with shapes, and tensors cover the data exactly once.
#include "suites/checkpoints/safetensors/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include "reports/text/text.h"
#include "suites/checkpoints/safetensors/safetensors_dtypes.h"
#include "suites/checkpoints/safetensors/safetensors_header.h"
#include "suites/checkpoints/safetensors/safetensors_mistaken.h"

namespace qbench {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors data is little endian");

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;  // the format's own limit

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
  if (const FileDtype* dtype = find_file_dtype(entry.dtype)) return dtype->bits;
  fail(entry.name, "the format has no dtype " + in_quotes(entry.dtype));
}

// The bytes of a tensor by its shape and dtype. The product of the other dimensions must not
// overflow even if one dimension is 0.
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

// `data` begins after the header.
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
  const Layout layout = default_layout(entry.name, entry.shape);
  return {.name = std::move(entry.name),
          .dtype = std::move(entry.dtype),
          .shape = std::move(entry.shape),
          .bytes = data.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(needed)),
          .layout = layout};
}

// Orders tensors by offset; an empty tensor comes before the one that begins at the same offset.
void sort_by_offset(std::vector<Tensor>& tensors) {
  std::stable_sort(tensors.begin(), tensors.end(), [](const Tensor& a, const Tensor& b) {
    const std::byte* a_begin = a.bytes.data();
    const std::byte* b_begin = b.bytes.data();
    return a_begin != b_begin ? a_begin < b_begin : a.bytes.size() < b.bytes.size();
  });
}

// `tensors` are ordered by offset.
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

// True if the bytes look like a safetensors file, whole or truncated: a '{' follows a valid length.
bool begins_as_one(std::span<const std::byte> file) {
  std::uint64_t length = 0;
  if (file.size() <= kLengthBytes) return false;
  std::memcpy(&length, file.data(), kLengthBytes);
  return length <= kMaxHeaderBytes && file[kLengthBytes] == std::byte{'{'};
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

}  // namespace

std::vector<Tensor> parse_safetensors(std::span<const std::byte> file) {
  if (!begins_as_one(file))
    if (const std::string is = mistaken_for_safetensors(file); !is.empty())
      throw std::runtime_error(is);
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

}  // namespace qbench
