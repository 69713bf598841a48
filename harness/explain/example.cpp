// SPDX-License-Identifier: Apache-2.0
// Quantizes the example by the reference, and draws its planes.
#include "harness/explain/example.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "harness/explain/codec_text.h"
#include "harness/explain/format_text.h"
#include "reference/planes/stored_numbers.h"
#include "reference/reference.h"
#include "reference/simd/loops.h"

namespace qbench {
namespace {

using Bytes = Buffer<std::byte>;

constexpr std::int64_t kRows = 2, kCols = 32, kWidestGroup = 256;
constexpr std::size_t kMostBytes = 6, kMostNumbers = 12, kRoom = 68;  // columns beside the label

// The least number of weights, so that a small matrix has several groups; else the default.
int example_size(const Mode& mode) {
  int least = 0;
  for (const int size : mode.block_sizes)
    if (size > 0 && (least == 0 || size < least)) least = size;
  return least > 0 ? least : mode.block_size;
}

// At least one whole group in each row, but for very long ones.
std::int64_t columns(int size) {
  return size <= kWidestGroup ? std::max<std::int64_t>(kCols, size) : kCols;
}

Matrix weights(std::int64_t cols) {
  Matrix w(kRows, cols);
  for (std::int64_t r = 0; r < w.rows; ++r)
    for (std::int64_t c = 0; c < w.cols; ++c)
      w.row(r)[c] = static_cast<float>((5 * c + 3 * r) % 17 - 8) / 8 * static_cast<float>(1 + r);
  return w;
}

// As many of the numbers as fit into the line.
std::string first_of(std::span<const float> numbers, std::size_t room) {
  std::string out;
  for (const float number : numbers) {
    const std::string next = fmt::format("{}{:.4g}", out.empty() ? "" : " ", number);
    if (out.size() + next.size() > room) break;
    out += next;
  }
  return out;
}

std::vector<float> numbers_of(const Bytes& bytes, const Storage& storage) {
  const std::size_t count = std::min(kMostNumbers, bytes.size() * 8 / storage.bits);
  std::vector<float> out(count);
  StoredNumbers stored;
  stored.numbers = bytes;
  const auto n = static_cast<std::int64_t>(count);
  reference::load(stored, {.storage = storage}, {n, n, 1}, 0, n, out.data());
  return out;
}

// Codes as their numbers, and integers as what they stand for. Codes wider than a byte are left to
// their bytes.
std::vector<float> codes_of(const QuantizedMatrix& q) {
  const Format& format = *q.format;
  if (!format.quantized()) return numbers_of(q.codes, {format.bits, format.codec});
  if (format.bits > 8) return {};
  std::uint8_t codes[kMostNumbers];
  reference::loops().unpack(q.codes.data(), kMostNumbers, format.bits, format.packing, codes);
  const auto* integers = std::get_if<Integers>(&format.codec);
  std::vector<float> out(codes, codes + kMostNumbers);
  for (float& code : out)
    if (integers && integers->lowest < 0 && code > static_cast<float>(integers->highest))
      code -= static_cast<float>(1 << format.bits);
  return out;
}

std::vector<float> groups_of_columns(const Bytes& order) {
  std::vector<float> out(std::min(kMostNumbers, order.size() / sizeof(std::int32_t)));
  const auto* groups = reinterpret_cast<const std::int32_t*>(order.data());
  std::copy_n(groups, out.size(), out.begin());
  return out;
}

// The numbers that the first bytes of a plane stand for.
std::vector<float> said(Plane plane, const QuantizedMatrix& q) {
  const Format& format = *q.format;
  switch (plane) {
    case Plane::codes:
      return codes_of(q);
    case Plane::scales:
      return numbers_of(q.scales.numbers, format.scale.storage);
    case Plane::outer:
      return numbers_of(q.scales.outer, format.scale.outer->storage);
    case Plane::offset:
      return numbers_of(q.scales.offset, stored::f32);
    case Plane::zeros:
      return numbers_of(q.zeros.numbers, format.zero_number.storage);
    case Plane::zeros_outer:
      return numbers_of(q.zeros.outer, format.zero_number.outer->storage);
    case Plane::zeros_offset:
      return numbers_of(q.zeros.offset, stored::f32);
    case Plane::order:
      break;
  }
  return groups_of_columns(q.order);
}

std::string hex(const Bytes& bytes) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < std::min(bytes.size(), kMostBytes); ++i)
    out.push_back(fmt::format("{:02x}", std::to_integer<int>(bytes[i])));
  return fmt::format("{}{}", fmt::join(out, " "), bytes.size() > kMostBytes ? " .." : "");
}

void add_numbers(Page& page, std::string_view label, std::span<const float> numbers) {
  const std::string begin = fmt::format("{:<12} ", label);
  page.add_line(begin + first_of(numbers, kRoom - begin.size()));
}

}  // namespace

void add_example(const Mode& mode, Page& page) {
  const int size = example_size(mode);
  const Matrix w = weights(columns(size));
  const QuantizedMatrix q = reference::quantize(mode, size, w);
  const std::string groups =
      size > 0 ? fmt::format(" in {}s of {}", group_noun(mode.format), size) : "";
  page.add("example", fmt::format("{} x {}{}: w = ((5c + 3r) mod 17 - 8) / 8 * (1 + r)", w.rows,
                                  w.cols, groups));
  add_numbers(page, "weights", {w.values.data(), kMostNumbers});
  for_each_plane(q, [&](Plane plane, const Bytes& bytes) {
    if (bytes.empty()) return;
    const std::string begin =
        fmt::format("{:<12} {:>4} bytes  {:<20}  ", name(plane).name, bytes.size(), hex(bytes));
    page.add_line(begin + first_of(said(plane, q), kRoom - begin.size()));
    const std::string apart = plane == Plane::codes ? first_byte_text(mode.format, bytes[0]) : "";
    if (!apart.empty()) page.add_line(fmt::format("{:<25}{}", "", apart));
  });
  Matrix decoded(w.rows, w.cols);
  reference::dequantize(q, decoded);
  add_numbers(page, "decoded", {decoded.values.data(), kMostNumbers});
}

}  // namespace qbench
