// SPDX-License-Identifier: Apache-2.0
// Codes in the words of files: rows of codes to words and back, and transposed planes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "reference/planes/quantized_matrix.h"

namespace qbench {

// Reads and writes one row of codes, one code a byte. Rows are asked for from several threads, and
// the functions do not throw.
using ReadRow = std::function<void(std::int64_t row, std::uint8_t* codes)>;
using TakeRow = std::function<void(std::int64_t row, const std::uint8_t* codes)>;

// Fills the plane of codes of `planes`, whose packing is low_first.
void fill_codes(QuantizedMatrix& planes, const ReadRow& read);
// Calls `take` for every row. `together` rows, a multiple of 8, are taken by one thread in turn, so
// that rows which share a word can lie in it.
void take_codes(const QuantizedMatrix& planes, const TakeRow& take, std::int64_t together = 8);

// Where a stream of codes lies among words of 32 bits: words first, first + stride, ...
struct WordPlace {
  std::int64_t first;
  std::int64_t stride = 1;
};

// How a stream fills its words: without gaps, the first code in the lowest bits, across words; or
// with floor(32 / bits) codes a word and unused high bits.
enum class Fill { dense, whole };

constexpr std::int64_t words_of(std::int64_t count, int bits, Fill fill = Fill::dense) {
  const std::int64_t a_word = 32 / bits;
  return fill == Fill::dense ? (count * bits + 31) / 32 : (count + a_word - 1) / a_word;
}

void read_stream(std::span<const std::byte> words, const WordPlace& place, std::int64_t count,
                 int bits, Fill fill, std::uint8_t* codes);
// The unused bits of the last word, and of each word that is not dense, become 0.
void write_stream(const std::uint8_t* codes, std::int64_t count, int bits, Fill fill,
                  const WordPlace& place, std::span<std::byte> words);

// The transpose of rows x cols elements of `size` bytes.
Buffer<std::byte> transposed(std::span<const std::byte> elements, std::int64_t rows,
                             std::int64_t cols, std::int64_t size);

// Views bytes that are codes as numbers.
inline std::span<const std::uint8_t> as_codes(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

// Numbers as a stream of `bits` wide codes, as planes hold them, and back.
Buffer<std::byte> packed_stream(std::span<const std::uint8_t> codes, int bits);
Buffer<std::uint8_t> unpacked_stream(std::span<const std::byte> stream, std::int64_t count,
                                     int bits);

}  // namespace qbench
