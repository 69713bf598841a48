// SPDX-License-Identifier: Apache-2.0
// Codes and other small numbers as they lie in bytes, on a device: the twin of pack and unpack
// (reference/simd/pack.h). A thread takes a unit, the least number of codes that fills whole bytes:
// one of 8 bits, two of 4, five trits, and eight of any other width.
#pragma once

#include "kernels/emulator/simt.h"
#include "reference/formats/format.h"

namespace qbench::QBENCH_SIMT_DEVICE {

template <int kBits, Packing kPacking>
struct Unit {
  static constexpr bool kTrits = kPacking == Packing::trits;
  static constexpr bool kNibbles = kBits == 4 && !kTrits;
  static constexpr bool kHighFirst = kPacking == Packing::high_first;
  static constexpr int kCodes = kTrits ? kTritsAByte : kBits == 8 ? 1 : kNibbles ? 2 : 8;
  static constexpr int kBytes = kTrits || kBits == 8 || kNibbles ? 1 : kBits;
  // The unit that begins with a code, which is a multiple of kEvery.
  static constexpr int kEvery = kTrits ? kTritRun : kCodes;
  static __host__ __device__ constexpr std::int64_t at(std::int64_t code) {
    return code / kEvery * (kTrits ? kTritRunBytes : 1);
  }
};

// Number i of a stream of numbers of up to 8 bits, the first in the lowest bits.
template <int kBits>
__device__ __forceinline__ unsigned bits_at(const std::uint8_t* bytes, std::int64_t i) {
  constexpr unsigned kMask = (1u << kBits) - 1;
  if constexpr (8 % kBits == 0) {
    constexpr int kEach = 8 / kBits;
    return bytes[i / kEach] >> (i % kEach * kBits) & kMask;
  } else {
    const std::int64_t bit = i * kBits;
    const int shift = static_cast<int>(bit % 8);
    unsigned held = bytes[bit / 8];
    if (shift + kBits > 8) held |= static_cast<unsigned>(bytes[bit / 8 + 1]) << 8;
    return held >> shift & kMask;
  }
}

// Digit `place` of a byte of trits.
__device__ __forceinline__ unsigned trit_of(unsigned byte, int place) {
  for (; place > 0; --place) byte /= 3;
  return byte % 3;
}

template <int kBits, Packing kPacking>
__device__ __forceinline__ unsigned code_at(const std::uint8_t* codes, std::int64_t i) {
  using U = Unit<kBits, kPacking>;
  if constexpr (U::kTrits) {
    const int within = static_cast<int>(i % kTritRun);
    return trit_of(codes[i / kTritRun * kTritRunBytes + within / kTritsAByte],
                   within % kTritsAByte);
  } else if constexpr (U::kNibbles) {
    const unsigned pair = codes[i / 2];
    return (i % 2 == 0) == U::kHighFirst ? pair >> 4 : pair & 15;
  } else {
    return bits_at<kBits>(codes, i);
  }
}

// Writes a unit of a plane of `bytes`, of which the last unit may have fewer. code(i) is code i or,
// where there are no more, what fills up the last byte.
template <int kBits, Packing kPacking, class Code>
__device__ __forceinline__ void pack_unit(std::uint8_t* codes, std::int64_t unit,
                                          std::int64_t bytes, const Code& code) {
  using U = Unit<kBits, kPacking>;
  if constexpr (U::kTrits) {
    const int byte = static_cast<int>(unit % kTritRunBytes);
    const std::int64_t first = unit / kTritRunBytes * kTritRun + kTritsAByte * byte;
    unsigned held = 0;
    for (int place = min(kTritsAByte, kTritRun - kTritsAByte * byte) - 1; place >= 0; --place)
      held = 3 * held + code(first + place);
    codes[unit] = static_cast<std::uint8_t>(held);
  } else if constexpr (kBits == 8) {
    codes[unit] = static_cast<std::uint8_t>(code(unit));
  } else if constexpr (U::kNibbles) {
    const unsigned first = code(2 * unit), second = code(2 * unit + 1);
    codes[unit] =
        static_cast<std::uint8_t>(U::kHighFirst ? first << 4 | second : second << 4 | first);
  } else {
    std::uint64_t held = 0;
    for (int j = 0; j < 8; ++j)
      held |= static_cast<std::uint64_t>(code(8 * unit + j)) << (j * kBits);
    for (std::int64_t j = 0; j < min(bytes - unit * kBits, static_cast<std::int64_t>(kBits)); ++j)
      codes[unit * kBits + j] = static_cast<std::uint8_t>(held >> (8 * j));
  }
}

// Calls use(i, code) for the codes of a unit of a plane of `bytes`; bits after the last code count
// as codes too.
template <int kBits, Packing kPacking, class Use>
__device__ __forceinline__ void unpack_unit(const std::uint8_t* codes, std::int64_t unit,
                                            std::int64_t bytes, const Use& use) {
  using U = Unit<kBits, kPacking>;
  if constexpr (U::kTrits) {
    const int byte = static_cast<int>(unit % kTritRunBytes);
    const std::int64_t first = unit / kTritRunBytes * kTritRun + kTritsAByte * byte;
    unsigned held = codes[unit];
    for (int place = 0; place < min(kTritsAByte, kTritRun - kTritsAByte * byte); ++place, held /= 3)
      use(first + place, held % 3);
  } else if constexpr (kBits == 8) {
    use(unit, codes[unit]);
  } else if constexpr (U::kNibbles) {
    const unsigned packed = codes[unit];
    use(2 * unit, U::kHighFirst ? packed >> 4 : packed & 15);
    use(2 * unit + 1, U::kHighFirst ? packed & 15 : packed >> 4);
  } else {
    std::uint64_t held = 0;
    for (std::int64_t j = 0; j < min(bytes - unit * kBits, static_cast<std::int64_t>(kBits)); ++j)
      held |= static_cast<std::uint64_t>(codes[unit * kBits + j]) << (8 * j);
    for (int j = 0; j < 8; ++j)
      use(8 * unit + j, static_cast<unsigned>(held >> (j * kBits)) & ((1u << kBits) - 1));
  }
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
