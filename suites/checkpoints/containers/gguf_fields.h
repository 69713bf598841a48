// SPDX-License-Identifier: Apache-2.0
// Unpack and Pack: the two directions in which fields move between a block of GGUF and its numbers,
// several at a time. A layout that is written once for both is its own inverse.
#pragma once

#include <cstdint>
#include <cstring>

namespace qbench {

// The byte in every byte of a word.
template <class Word>
constexpr Word in_all_bytes(unsigned byte) {
  return static_cast<Word>(static_cast<Word>(~Word{0}) / 255 * byte);
}

template <class Word>
Word load_word(const std::uint8_t* bytes) {
  Word word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}
template <class Word>
void store_word(std::uint8_t* bytes, Word word) {
  std::memcpy(bytes, &word, sizeof word);
}

// The `bits` bits from bit `at` on of every byte.
template <class Word>
constexpr Word fields_of(Word word, int at, int bits) {
  return static_cast<Word>(word >> at & in_all_bytes<Word>((1u << bits) - 1));
}

// Adds the fields of the bytes of a word to those of another, where they are still 0.
template <class Word>
void add_fields(const std::uint8_t* from, int from_at, std::uint8_t* to, int to_at, int bits) {
  const Word fields = fields_of(load_word<Word>(from), from_at, bits);
  store_word(to, static_cast<Word>(load_word<Word>(to) | fields << to_at));
}

// In both: `at` is the place of a field within its byte of the block, `to` within the number's. The
// block or the numbers, whichever is written, must be 0 before.
struct Unpack {
  using Block = const std::uint8_t*;

  static void copy(Block block, std::uint8_t* numbers, int bytes) {
    std::memcpy(numbers, block, static_cast<std::size_t>(bytes));
  }
  // A field of each of the bytes of a word.
  template <class Word>
  static void move(Block block, int at, int bits, std::uint8_t* numbers, int to) {
    add_fields<Word>(block, at, numbers, to, bits);
  }
  // The bits of one byte, the lowest first, are those of eight numbers.
  static void spread(Block block, std::uint8_t* numbers, int to) {
    const std::uint64_t one_each =
        in_all_bytes<std::uint64_t>(*block) & std::uint64_t{0x8040201008040201};
    const std::uint64_t bits = fields_of(one_each + in_all_bytes<std::uint64_t>(0x7f), 7, 1);
    store_word(numbers, load_word<std::uint64_t>(numbers) | bits << to);
  }
};

struct Pack {
  using Block = std::uint8_t*;

  static void copy(Block block, const std::uint8_t* numbers, int bytes) {
    std::memcpy(block, numbers, static_cast<std::size_t>(bytes));
  }
  template <class Word>
  static void move(Block block, int at, int bits, const std::uint8_t* numbers, int to) {
    add_fields<Word>(numbers, to, block, at, bits);
  }
  // The factor moves the bit of byte i to bit 56 + i.
  static void spread(Block block, const std::uint8_t* numbers, int to) {
    const std::uint64_t bits = fields_of(load_word<std::uint64_t>(numbers), to, 1);
    *block = static_cast<std::uint8_t>(bits * 0x0102040810204080 >> 56);
  }
};

}  // namespace qbench
