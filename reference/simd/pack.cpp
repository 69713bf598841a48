// SPDX-License-Identifier: Apache-2.0
// Codes to packed bytes.
#include "reference/simd/pack.h"

#include "reference/simd/bits.h"

namespace qbench::reference::QBENCH_ISA {
namespace {

// The lowest kHalf bits of both halves of every field, side by side in the field's lowest bits.
template <int kHalf, int kField>
std::uint64_t joined(std::uint64_t fields) {
  constexpr std::uint64_t kLow = low_bits(kHalf, kField);
  return (fields & kLow) | (fields >> kField / 2 & kLow) << kHalf;
}

// Eight codes, one a byte, to a stream of bits, the first in the lowest.
template <int kBits>
std::uint64_t gather(std::uint64_t codes) {
  return joined<4 * kBits, 64>(joined<2 * kBits, 32>(joined<kBits, 16>(codes)));
}

template <int kBits>
void pack_stream(const std::uint8_t* codes, std::size_t count, std::uint8_t* bytes) {
  const auto stream = [](const std::uint8_t* from, std::size_t size) {
    std::uint64_t eight = 0;
    __builtin_memcpy(&eight, from, size);
    return gather<kBits>(eight);
  };
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8, bytes += kBits) {  // 8 codes fill whole bytes
    const std::uint64_t packed = stream(codes + i, 8);
    __builtin_memcpy(bytes, &packed, kBits);
  }
  const std::uint64_t packed = stream(codes + i, count - i);
  __builtin_memcpy(bytes, &packed, ((count - i) * kBits + 7) / 8);
}

// Both codes of a byte at a time, as 16 bits.
template <bool kHighFirst>
void pack_nibbles(const std::uint8_t* codes, std::size_t count, std::uint8_t pad,
                  std::uint8_t* bytes) {
  const auto packed = [](unsigned both) {
    return static_cast<std::uint8_t>(kHighFirst ? (both & 15) << 4 | (both >> 8 & 15)
                                                : (both & 15) | (both >> 4 & 0xf0));
  };
  for (std::size_t i = 0; i < count / 2; ++i) {
    std::uint16_t both;
    __builtin_memcpy(&both, codes + 2 * i, 2);
    bytes[i] = packed(both);
  }
  if (count % 2 != 0) bytes[count / 2] = packed(codes[count - 1] | unsigned{pad} << 8);
}

constexpr int kPowersOfThree[] = {1, 3, 9, 27, 81};

void pack_trits(const std::uint8_t* codes, std::size_t count, std::uint8_t* bytes) {
  constexpr std::size_t kStretch = kTritRun;
  for (std::size_t stretch = 0; stretch < count; stretch += kStretch) {
    const std::size_t end = stretch + kStretch < count ? stretch + kStretch : count;
    std::size_t first = stretch;
    for (; first + 5 <= end; first += 5, ++bytes) {
      const std::uint8_t* c = codes + first;
      *bytes = static_cast<std::uint8_t>(c[0] + 3 * c[1] + 9 * c[2] + 27 * c[3] + 81 * c[4]);
    }
    if (first == end) continue;
    int byte = 0;
    for (std::size_t i = 0; first + i < end; ++i) byte += codes[first + i] * kPowersOfThree[i];
    *bytes++ = static_cast<std::uint8_t>(byte);
  }
}

}  // namespace

void pack(const std::uint8_t* codes, std::size_t count, int bits, Packing packing, std::uint8_t pad,
          std::byte* out) {
  using Stream = void (*)(const std::uint8_t*, std::size_t, std::uint8_t*);
  constexpr Stream kStreams[] = {pack_stream<1>, pack_stream<2>, pack_stream<3>, nullptr,
                                 pack_stream<5>, pack_stream<6>, pack_stream<7>};
  auto* bytes = reinterpret_cast<std::uint8_t*>(out);
  if (packing == Packing::trits) {
    pack_trits(codes, count, bytes);
  } else if (bits == 8) {
    __builtin_memcpy(bytes, codes, count);
  } else if (bits == 4) {
    (packing == Packing::high_first ? pack_nibbles<true> : pack_nibbles<false>)(codes, count, pad,
                                                                                bytes);
  } else {
    kStreams[bits - 1](codes, count, bytes);
  }
}

}  // namespace qbench::reference::QBENCH_ISA
