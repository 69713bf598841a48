// SPDX-License-Identifier: Apache-2.0
// Codes to packed bytes.
#include "reference/simd/pack.h"

#include "reference/simd/bits.h"

namespace qbench::reference::QBENCH_ISA {
namespace {

// Codes of any width as one stream of bits, the first in the lowest.
void pack_stream(const std::uint8_t* codes, std::size_t count, int bits, std::uint8_t* bytes) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8, bytes += bits) {  // 8 codes fill whole bytes
    std::uint64_t eight = 0;
    for (int j = 0; j < 8; ++j)
      eight |= static_cast<std::uint64_t>(codes[i + j] & ((1u << bits) - 1)) << (j * bits);
    for (int j = 0; j < bits; ++j) bytes[j] = static_cast<std::uint8_t>(eight >> (8 * j));
  }
  unsigned held = 0;
  int held_bits = 0;
  for (; i < count; ++i) {
    held |= (codes[i] & ((1u << bits) - 1)) << held_bits;
    for (held_bits += bits; held_bits >= 8; held_bits -= 8, held >>= 8)
      *bytes++ = static_cast<std::uint8_t>(held);
  }
  if (held_bits > 0) *bytes = static_cast<std::uint8_t>(held);
}

constexpr int kPowersOfThree[] = {1, 3, 9, 27, 81};

void pack_trits(const std::uint8_t* codes, std::size_t count, std::uint8_t* bytes) {
  constexpr std::size_t kRun = kTritRun;
  for (std::size_t run = 0; run < count; run += kRun) {
    const std::size_t end = run + kRun < count ? run + kRun : count;
    std::size_t first = run;
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
  auto* bytes = reinterpret_cast<std::uint8_t*>(out);
  if (packing == Packing::trits) {
    pack_trits(codes, count, bytes);
  } else if (bits == 8) {
    __builtin_memcpy(bytes, codes, count);
  } else if (bits == 4) {
    const int first = packing == Packing::high_first ? 4 : 0;
    for (std::size_t i = 0; i < count / 2; ++i)
      bytes[i] = static_cast<std::uint8_t>((codes[2 * i] & 15) << first | (codes[2 * i + 1] & 15)
                                                                              << (4 - first));
    if (count % 2 != 0)
      bytes[count / 2] =
          static_cast<std::uint8_t>((codes[count - 1] & 15) << first | (pad & 15) << (4 - first));
  } else {
    pack_stream(codes, count, bits, bytes);
  }
}

}  // namespace qbench::reference::QBENCH_ISA
