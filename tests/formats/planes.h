// SPDX-License-Identifier: Apache-2.0
// Planes of a quantized matrix, from numbers that were read from a container.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reference/planes/quantized_matrix.h"
#include "tests/catch.h"
#include "tests/reference/matrices.h"

namespace qbench::test {

// Numbers as they lie in the planes, one an entry: codes, integers in two's complement, bits of
// floats. What is left empty is a plane that the format does not have.
struct Numbers {
  std::vector<std::int64_t> codes = {};
  std::vector<std::int64_t> scales = {}, outer = {};
  std::vector<std::int64_t> zeros = {}, zeros_outer = {};
  std::vector<std::int64_t> order = {};
};

// Every number in `bits` bits, the first in the lowest. The plane must have exactly that room.
inline void write_stream(const std::vector<std::int64_t>& numbers, int bits,
                         Buffer<std::byte>& plane) {
  const auto width = static_cast<std::size_t>(bits);
  REQUIRE(plane.size() == (numbers.size() * width + 7) / 8);
  std::ranges::fill(plane, std::byte{0});
  for (std::size_t i = 0; i < numbers.size(); ++i)
    for (std::size_t bit = 0; bit < width; ++bit)
      if (numbers[i] >> bit & 1)
        plane[(i * width + bit) / 8] |= std::byte{1} << ((i * width + bit) % 8);
}

// Digits in base 3, five a byte, the first with the weight 1; 256 fill 51 bytes and a fifth.
inline void write_trits(const std::vector<std::int64_t>& trits, Buffer<std::byte>& plane) {
  constexpr int kWeights[] = {1, 3, 9, 27, 81};
  std::vector<int> bytes(plane.size());
  for (std::size_t i = 0; i < trits.size(); ++i)
    bytes.at(i / 256 * 52 + i % 256 / 5) += static_cast<int>(trits[i]) * kWeights[i % 256 % 5];
  std::ranges::transform(bytes, plane.begin(), [](int byte) { return std::byte(byte); });
}

inline void write_numbers(const GroupNumber& how, const std::vector<std::int64_t>& numbers,
                          const std::vector<std::int64_t>& outer, StoredNumbers& out) {
  write_stream(numbers, how.storage.bits, out.numbers);
  write_stream(outer, how.outer ? how.outer->storage.bits : 0, out.outer);
}

inline QuantizedMatrix planes(const Format& format, int block_size, std::int64_t rows,
                              std::int64_t cols, const Numbers& numbers) {
  QuantizedMatrix q(format, block_size, rows, cols);
  if (format.packing == Packing::trits)
    write_trits(numbers.codes, q.codes);
  else
    write_stream(numbers.codes, format.bits, q.codes);
  if (format.bits == 4 && format.packing == Packing::high_first)
    std::ranges::transform(q.codes, q.codes.begin(),
                           [](std::byte pair) { return pair << 4 | pair >> 4; });
  write_numbers(format.scale, numbers.scales, numbers.outer, q.scales);
  write_numbers(format.zero_number, numbers.zeros, numbers.zeros_outer, q.zeros);
  write_stream(numbers.order, 32, q.order);
  return q;
}

inline void check_decoded(const QuantizedMatrix& q, std::span<const float> expected) {
  CHECK(difference(bits_of(dequantized(q)), bits_of(expected)) == "");
}

}  // namespace qbench::test
