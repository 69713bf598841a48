// SPDX-License-Identifier: Apache-2.0
// Packed bytes to codes, eight codes of a stream or five trits at a time.
#include <array>

#include "reference/simd/bits.h"
#include "reference/simd/pack.h"

namespace qbench::reference::QBENCH_ISA {
namespace {

// The two halves of the lowest 2 * kHalf bits of every field, each in half a field.
template <int kHalf, int kField>
std::uint64_t halved(std::uint64_t fields) {
  constexpr std::uint64_t kLow = low_bits(kHalf, kField);
  return (fields & kLow) | (fields >> kHalf & kLow) << kField / 2;
}

// The eight codes that begin with the lowest bit, one a byte.
template <int kBits>
std::uint64_t spread(std::uint64_t stream) {
  return halved<kBits, 16>(halved<2 * kBits, 32>(halved<4 * kBits, 64>(stream)));
}

template <int kBits>
void unpack_stream(const std::uint8_t* bytes, std::size_t count, std::uint8_t* codes) {
  const auto eight = [](const std::uint8_t* from, std::size_t size) {
    std::uint64_t stream = 0;
    __builtin_memcpy(&stream, from, size);
    return spread<kBits>(stream);
  };
  const std::size_t in_all = (count * kBits + 7) / 8;
  std::size_t i = 0, byte = 0;
  for (; byte + 8 <= in_all; i += 8, byte += kBits) {
    const std::uint64_t unpacked = eight(bytes + byte, 8);
    __builtin_memcpy(codes + i, &unpacked, 8);
  }
  for (; i < count; i += 8, byte += kBits) {
    const std::uint64_t unpacked = eight(bytes + byte, in_all - byte);
    __builtin_memcpy(codes + i, &unpacked, count - i < 8 ? count - i : 8);
  }
}

// Both nibbles of a byte at a time, as the bytes of 16 bits.
template <bool kHighFirst>
void unpack_nibbles(const std::uint8_t* bytes, std::size_t count, std::uint8_t* codes) {
  for (std::size_t i = 0; i < count / 2; ++i) {
    const auto byte = static_cast<std::uint16_t>(bytes[i]);
    const std::uint16_t both = (kHighFirst ? byte >> 4 | byte << 8 : byte | byte << 4) & 0x0f0f;
    __builtin_memcpy(codes + 2 * i, &both, 2);
  }
  if (count % 2 != 0) codes[count - 1] = bytes[count / 2] >> (kHighFirst ? 4 : 0) & 15;
}

// The five digits in base 3 of every byte, one a byte.
constexpr std::array<std::uint64_t, 256> digits() {
  std::array<std::uint64_t, 256> all{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    unsigned left = byte;
    for (int i = 0; i < 5; ++i, left /= 3) all[byte] |= std::uint64_t{left % 3} << 8 * i;
  }
  return all;
}
constexpr std::array<std::uint64_t, 256> kDigits = digits();

// Eight bytes are stored where there is room for them: the next digits write over what is too much.
void unpack_trits(const std::uint8_t* bytes, std::size_t count, std::uint8_t* codes) {
  constexpr std::size_t kStretch = kTritRun, kEach = kTritsAByte;
  for (std::size_t stretch = 0; stretch < count; stretch += kStretch) {
    const std::size_t end = stretch + kStretch < count ? stretch + kStretch : count;
    for (std::size_t first = stretch; first < end; first += kEach, ++bytes) {
      const std::size_t size = end - first < kEach ? end - first : kEach;
      __builtin_memcpy(codes + first, &kDigits.data()[*bytes], first + 8 <= count ? 8 : size);
    }
  }
}

}  // namespace

void unpack(const std::byte* packed, std::size_t count, int bits, Packing packing,
            std::uint8_t* codes) {
  using Stream = void (*)(const std::uint8_t*, std::size_t, std::uint8_t*);
  constexpr Stream kStreams[] = {unpack_stream<1>,      unpack_stream<2>, unpack_stream<3>,
                                 unpack_nibbles<false>, unpack_stream<5>, unpack_stream<6>,
                                 unpack_stream<7>};
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(packed);
  if (packing == Packing::trits)
    unpack_trits(bytes, count, codes);
  else if (bits == 8)
    __builtin_memcpy(codes, bytes, count);
  else if (bits == 4 && packing == Packing::high_first)
    unpack_nibbles<true>(bytes, count, codes);
  else
    kStreams[bits - 1](bytes, count, codes);
}

}  // namespace qbench::reference::QBENCH_ISA
