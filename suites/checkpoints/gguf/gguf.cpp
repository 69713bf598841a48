// SPDX-License-Identifier: Apache-2.0
// Finds the bytes of the tensors that a GGUF header lists.
#include "suites/checkpoints/gguf/gguf.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "reports/text/text.h"
#include "suites/checkpoints/fail_file.h"

namespace qbench {
namespace {

std::int64_t bytes_of(const GgufTensorInfo& info) {
  try {
    return gguf_bytes(*info.type, info.shape);
  } catch (const std::runtime_error& error) {
    fail_tensor(info.name, error.what());
  }
}

// `data` begins after the header.
Tensor make_tensor(const GgufTensorInfo& info, std::uint64_t alignment,
                   std::span<const std::byte> data) {
  const auto needed = static_cast<std::uint64_t>(bytes_of(info));
  const std::string at = "offset " + std::to_string(info.offset);
  if (info.offset % alignment != 0)
    fail_tensor(info.name, at + " is no multiple of the alignment, " + std::to_string(alignment));
  if (info.offset > data.size() || needed > data.size() - info.offset)
    fail_tensor(info.name, "its " + std::to_string(needed) + " bytes at " + at +
                               " are out of range: the file has " + std::to_string(data.size()) +
                               " bytes of data (cut off?)");
  std::string name(info.name);
  const Layout layout = default_layout(name, info.shape);
  return {.name = std::move(name),
          .dtype = std::string(info.type->name),
          .shape = info.shape,
          .bytes = data.subspan(info.offset, needed),
          .layout = layout};
}

// An empty tensor comes before the one that begins at the same offset.
void sort_by_offset(std::vector<Tensor>& tensors) {
  std::stable_sort(tensors.begin(), tensors.end(), [](const Tensor& a, const Tensor& b) {
    const std::byte *a_begin = a.bytes.data(), *b_begin = b.bytes.data();
    return a_begin != b_begin ? a_begin < b_begin : a.bytes.size() < b.bytes.size();
  });
}

// `tensors` are ordered by offset. Less than the alignment may lie between two of them. What
// follows the last is not judged: ggml does not look at it.
void check_coverage(const std::vector<Tensor>& tensors, std::uint64_t alignment,
                    std::span<const std::byte> data) {
  const std::byte* covered = data.data();
  for (const Tensor& tensor : tensors) {
    const std::ptrdiff_t gap = tensor.bytes.data() - covered;
    if (gap < 0) fail_tensor(tensor.name, "its data overlaps that of another tensor");
    if (static_cast<std::uint64_t>(gap) >= alignment)
      fail_tensor(tensor.name, "a hole of " + std::to_string(gap) + " bytes lies before its data");
    covered += tensor.bytes.size();
  }
}

}  // namespace

std::int64_t gguf_bytes(const GgufType& type, const std::vector<std::int64_t>& shape) {
  if (shape.size() > kMostGgufRank)
    fail_file("rank " + std::to_string(shape.size()) + ", where GGUF has at most 4");
  const std::int64_t k = shape.empty() ? 1 : shape.back();
  if (k % type.weights != 0)
    fail_file("rows of " + std::to_string(k) + " weights are no whole blocks of " +
              std::string(type.name) + ", which have " + std::to_string(type.weights));
  std::vector<std::int64_t> counts = shape;  // of rows, and of blocks in a row
  if (!counts.empty()) counts.back() /= type.weights;
  std::int64_t bytes = type.bytes;
  bool empty = false;
  for (const std::int64_t count : counts) {
    empty = empty || count == 0;
    if (__builtin_mul_overflow(bytes, std::max<std::int64_t>(count, 1), &bytes))
      fail_file("its shape is too large: the size overflows");
  }
  return empty ? 0 : bytes;
}

std::vector<Tensor> parse_gguf(std::span<const std::byte> file) {
  const GgufHeader header = parse_gguf_header(file);
  // The first part of a split model may have none.
  const bool is_part = header.whole_number("split.count").value_or(0) > 1;
  if (header.tensors.empty() && !is_part) fail_file("holds no tensor at all");
  const std::span<const std::byte> data =
      file.subspan(std::min<std::uint64_t>(header.data_begin, file.size()));
  std::vector<Tensor> tensors;
  for (const GgufTensorInfo& info : header.tensors)
    tensors.push_back(make_tensor(info, header.alignment, data));
  sort_by_offset(tensors);
  check_coverage(tensors, header.alignment, data);
  return tensors;
}

}  // namespace qbench
