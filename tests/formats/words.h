// SPDX-License-Identifier: Apache-2.0
// Streams of bits in words of 32, as GPTQ, AWQ and compressed-tensors pack codes and zero points.
#pragma once

#include <cstdint>
#include <vector>

namespace qbench::test {

// Words first, first + stride, ... of a matrix of words, which hold fields of `bits` bits without
// gaps, the first in the lowest.
class WordStream {
 public:
  WordStream(const std::vector<std::uint32_t>& words, std::int64_t first, std::int64_t stride,
             int bits)
      : words_(words), first_(first), stride_(stride), bits_(bits) {}

  std::int64_t operator[](std::int64_t index) const {
    const std::int64_t bit = index * bits_, shift = bit % 32;
    std::uint64_t held = word(bit / 32);
    if (shift + bits_ > 32) held |= std::uint64_t{word(bit / 32 + 1)} << 32;
    return static_cast<std::int64_t>(held >> shift & ((1u << bits_) - 1));
  }

 private:
  std::uint32_t word(std::int64_t index) const {
    return words_.at(static_cast<std::size_t>(first_ + index * stride_));
  }

  const std::vector<std::uint32_t>& words_;
  std::int64_t first_, stride_;
  int bits_;
};

}  // namespace qbench::test
