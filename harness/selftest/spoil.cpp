// SPDX-License-Identifier: Apache-2.0
// Spoils results and operands. A block is a group that shares a scale, or 64 elements where there
// are not several.
#include "harness/selftest/spoil.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "reference/reference.h"

namespace qbench::spoil {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr std::int64_t kBlock = 64;

std::size_t largest(const Matrix& y) {
  const auto less = [](float a, float b) { return std::abs(a) < std::abs(b); };
  return static_cast<std::size_t>(std::ranges::max_element(y.values, less) - y.values.begin());
}

bool has_groups(const QuantizedMatrix& q) {
  return q.format->quantized() && q.groups().groups() > 1;
}

Partition blocks_of(const QuantizedMatrix& q) {
  return has_groups(q) ? q.groups() : Partition{q.size(), q.size(), kBlock};
}

// The byte in which a code begins.
std::int64_t byte_of(const QuantizedMatrix& q, std::int64_t code) {
  if (q.format->packing == Packing::trits)
    return code / kTritRun * kTritRunBytes + code % kTritRun / kTritsAByte;
  return code * q.format->bits / 8;
}

// The bytes of a block's codes, except those shared with its neighbours.
std::span<std::byte> codes_of(QuantizedMatrix& q, std::int64_t block) {
  const Partition blocks = blocks_of(q);
  const std::int64_t begin = packed_bytes(blocks.begin(block), q.format->bits, q.format->packing);
  const std::int64_t end = byte_of(q, blocks.end(block));
  return {q.codes.data() + begin, static_cast<std::size_t>(end - begin)};
}

std::size_t scale_bytes(const QuantizedMatrix& q) {
  return q.scales.numbers.size() / static_cast<std::size_t>(q.groups().groups());
}

void rotate(Buffer<std::byte>& bytes, std::size_t by) {
  std::rotate(bytes.begin(), bytes.end() - static_cast<std::ptrdiff_t>(by), bytes.end());
}

}  // namespace

void gain(Matrix& y) {
  for (float& value : y.values) value *= 1.01f;
}
void one_sign(Matrix& y) { y.values[largest(y)] *= -1; }
void all_signs(Matrix& y) {
  for (float& value : y.values) value = -value;
}
void one_nan(Matrix& y) { y.values[y.values.size() / 2] = kNaN; }
void zeros(Matrix& y) { std::ranges::fill(y.values, 0.0f); }
void transpose(Matrix& y) {
  const Matrix right = y;
  for (std::int64_t i = 0; i < y.size(); ++i)
    y.values[static_cast<std::size_t>(i)] = right.row(i % y.rows)[i / y.rows];
}
void last_row(Matrix& y) {
  --y.rows;
  y.values.resize(static_cast<std::size_t>(y.size()));
}
void unwritten_block(Matrix& y) {
  const std::int64_t begin = y.size() / 2;
  std::fill(y.values.begin() + begin, y.values.begin() + std::min(begin + kBlock, y.size()), kNaN);
}

void unwritten_codes(QuantizedMatrix& q) {
  std::ranges::fill(codes_of(q, blocks_of(q).groups() / 2), std::byte{0xa5});
}
void stale_block(QuantizedMatrix& q) {
  const std::int64_t block = (blocks_of(q).groups() - 1) / 2;
  const auto codes = codes_of(q, block), others = codes_of(q, block + 1);
  std::ranges::copy(others.first(std::min(codes.size(), others.size())), codes.begin());
  if (!has_groups(q)) return;
  const auto width = static_cast<std::ptrdiff_t>(scale_bytes(q));
  const auto scale = q.scales.numbers.begin() + block * width;
  std::copy(scale + width, scale + 2 * width, scale);
}
void nibbles(QuantizedMatrix& q) {
  for (std::byte& both : q.codes) both = both << 4 | both >> 4;
}
void one_bit(QuantizedMatrix& q) {
  Matrix decoded(q.rows, q.cols);
  reference::dequantize(q, decoded);
  const auto element = static_cast<std::int64_t>(largest(decoded));
  const Format& format = *q.format;
  const std::int64_t bit = (element + 1) * format.bits - 1;
  const bool swapped = format.bits == 4 && format.packing == Packing::high_first;
  const std::int64_t byte = format.packing == Packing::trits ? byte_of(q, element) : bit / 8;
  q.codes[static_cast<std::size_t>(byte)] ^= std::byte(1 << ((bit % 8) ^ (swapped ? 4 : 0)));
}
// Scales narrower than a byte are shifted by one byte.
void shift_scales(QuantizedMatrix& q) {
  rotate(q.scales.numbers, std::max<std::size_t>(scale_bytes(q), 1));
}
void shift_zeros(QuantizedMatrix& q) { rotate(q.zeros.numbers, 1); }
void no_mean(QuantizedMatrix& q) { std::ranges::fill(q.scales.offset, std::byte{0}); }

void last_column(Matrix& x) {
  for (std::int64_t row = 0; row < x.rows; ++row) x.row(row)[x.cols - 1] = 0;
}

}  // namespace qbench::spoil
