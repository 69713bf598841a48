// SPDX-License-Identifier: Apache-2.0
// Streams of codes along rows or columns of words. Words are little endian, as in every file.
#include "suites/checkpoints/containers/bit_streams.h"

#include <algorithm>
#include <cstring>

#include "reference/simd/loops.h"
#include "reference/simd/parallel.h"

namespace qbench {
namespace {

// Rows that begin at a whole byte at any width of codes.
constexpr std::int64_t kRows = 8;

std::int64_t first_byte(const QuantizedMatrix& planes, std::int64_t row) {
  return row * planes.cols * planes.format->bits / 8;
}

std::uint32_t word_at(std::span<const std::byte> words, std::int64_t index) {
  std::uint32_t word;
  std::memcpy(&word, words.data() + index * 4, sizeof word);
  return word;
}

// The codes of one stream, one word after the other.
class Reader {
 public:
  Reader(std::span<const std::byte> words, const WordPlace& place)
      : words_(words), at_(place.first), stride_(place.stride) {}

  std::uint8_t next(int bits, Fill fill) {
    if (held_bits_ < bits) refill(fill);
    const auto code = static_cast<std::uint8_t>(held_ & ((1u << bits) - 1));
    held_ >>= bits;
    held_bits_ -= bits;
    return code;
  }

 private:
  void refill(Fill fill) {
    if (fill == Fill::whole) held_ = 0, held_bits_ = 0;
    held_ |= std::uint64_t{word_at(words_, at_)} << held_bits_;
    held_bits_ += 32;
    at_ += stride_;
  }

  std::span<const std::byte> words_;
  std::int64_t at_, stride_;
  std::uint64_t held_ = 0;
  int held_bits_ = 0;
};

class Writer {
 public:
  Writer(std::span<std::byte> words, const WordPlace& place)
      : words_(words), at_(place.first), stride_(place.stride) {}

  void put(std::uint8_t code, int bits, Fill fill) {
    if (fill == Fill::whole && held_bits_ + bits > 32) flush();
    held_ |= std::uint64_t{code & ((1u << bits) - 1)} << held_bits_;
    held_bits_ += bits;
    if (held_bits_ >= 32) flush();
  }
  void flush() {
    if (held_bits_ == 0) return;
    const auto word = static_cast<std::uint32_t>(held_);
    std::memcpy(words_.data() + at_ * 4, &word, sizeof word);
    at_ += stride_;
    held_ >>= 32;
    held_bits_ = std::max(held_bits_ - 32, 0);
  }

 private:
  std::span<std::byte> words_;
  std::int64_t at_, stride_;
  std::uint64_t held_ = 0;
  int held_bits_ = 0;
};

}  // namespace

void fill_codes(QuantizedMatrix& planes, const ReadRow& read) {
  const std::int64_t k = planes.cols;
  reference::parallel_parts(planes.rows, kRows, [&](std::int64_t begin, std::int64_t end) {
    Buffer<std::uint8_t> codes(static_cast<std::size_t>((end - begin) * k));
    for (std::int64_t row = begin; row < end; ++row) read(row, codes.data() + (row - begin) * k);
    reference::loops().pack(codes.data(), codes.size(), planes.format->bits, Packing::low_first, 0,
                            planes.codes.data() + first_byte(planes, begin));
  });
}

void take_codes(const QuantizedMatrix& planes, const TakeRow& take, std::int64_t together) {
  const std::int64_t k = planes.cols;
  reference::parallel_parts(planes.rows, together, [&](std::int64_t first, std::int64_t last) {
    Buffer<std::uint8_t> codes(static_cast<std::size_t>(kRows * k));
    for (std::int64_t begin = first; begin < last; begin += kRows) {
      const std::int64_t end = std::min(begin + kRows, last);
      reference::loops().unpack(planes.codes.data() + first_byte(planes, begin),
                                static_cast<std::size_t>((end - begin) * k), planes.format->bits,
                                Packing::low_first, codes.data());
      for (std::int64_t row = begin; row < end; ++row) take(row, codes.data() + (row - begin) * k);
    }
  });
}

void read_stream(std::span<const std::byte> words, const WordPlace& place, std::int64_t count,
                 int bits, Fill fill, std::uint8_t* codes) {
  Reader reader(words, place);
  for (std::int64_t i = 0; i < count; ++i) codes[i] = reader.next(bits, fill);
}

void write_stream(const std::uint8_t* codes, std::int64_t count, int bits, Fill fill,
                  const WordPlace& place, std::span<std::byte> words) {
  Writer writer(words, place);
  for (std::int64_t i = 0; i < count; ++i) writer.put(codes[i], bits, fill);
  writer.flush();
}

Buffer<std::byte> transposed(std::span<const std::byte> elements, std::int64_t rows,
                             std::int64_t cols, std::int64_t size) {
  Buffer<std::byte> out(elements.size());
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < cols; ++c)
      std::memcpy(out.data() + (c * rows + r) * size, elements.data() + (r * cols + c) * size,
                  static_cast<std::size_t>(size));
  return out;
}

Buffer<std::byte> packed_stream(std::span<const std::uint8_t> codes, int bits) {
  Buffer<std::byte> out(static_cast<std::size_t>(
      packed_bytes(static_cast<std::int64_t>(codes.size()), bits, Packing::low_first)));
  reference::loops().pack(codes.data(), codes.size(), bits, Packing::low_first, 0, out.data());
  return out;
}

Buffer<std::uint8_t> unpacked_stream(std::span<const std::byte> stream, std::int64_t count,
                                     int bits) {
  Buffer<std::uint8_t> codes(static_cast<std::size_t>(count));
  reference::loops().unpack(stream.data(), codes.size(), bits, Packing::low_first, codes.data());
  return codes;
}

}  // namespace qbench
