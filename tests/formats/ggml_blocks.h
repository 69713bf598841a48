// SPDX-License-Identifier: Apache-2.0
// Blocks of ggml (ggml-common.h) to the numbers of the planes. What ggml takes off (a minimum) is
// added in the planes, so the scale of the minima changes its sign.
#pragma once

#include <bit>

#include "tests/formats/planes.h"

namespace qbench::test {

using Byte = std::uint8_t;

inline std::int64_t half(const Byte* at) { return at[0] | at[1] << 8; }
inline std::int64_t minus_half(const Byte* at) { return half(at) ^ 0x8000; }

// Field `index` of `bits` bits, from the lowest bit of a byte on.
inline int field(int byte, int index, int bits) {
  return byte >> (index * bits) & ((1 << bits) - 1);
}

// --- Blocks of one scale

// Weight j is the low nibble of byte j, weight j + apart the high one.
inline int half_nibble(const Byte* qs, int i, int apart) {
  return field(qs[i % apart], i / apart, 4);
}

inline void q4_0(const Byte* block, Numbers& out) {
  out.scales.push_back(half(block));
  for (int i = 0; i < 32; ++i) out.codes.push_back(half_nibble(block + 2, i, 16) - 8);
}

inline void q4_1(const Byte* block, Numbers& out) {
  out.scales.push_back(half(block));
  out.zeros.push_back(half(block + 2));
  for (int i = 0; i < 32; ++i) out.codes.push_back(half_nibble(block + 4, i, 16));
}

// The fifth bits come first: bit i of 32.
inline int five_bits(const Byte* qh, int i) {
  return half_nibble(qh + 4, i, 16) | field(qh[i / 8], i % 8, 1) << 4;
}

inline void q5_0(const Byte* block, Numbers& out) {
  out.scales.push_back(half(block));
  for (int i = 0; i < 32; ++i) out.codes.push_back(five_bits(block + 2, i) - 16);
}

inline void q5_1(const Byte* block, Numbers& out) {
  out.scales.push_back(half(block));
  out.zeros.push_back(half(block + 2));
  for (int i = 0; i < 32; ++i) out.codes.push_back(five_bits(block + 4, i));
}

inline void q8_0(const Byte* block, Numbers& out) {
  out.scales.push_back(half(block));
  out.codes.insert(out.codes.end(), block + 2, block + 34);
}

inline void iq4_nl(const Byte* block, Numbers& out) {
  out.scales.push_back(half(block));
  for (int i = 0; i < 32; ++i) out.codes.push_back(half_nibble(block + 2, i, 16));
}

inline void mxfp4(const Byte* block, Numbers& out) {
  out.scales.push_back(block[0]);
  for (int i = 0; i < 32; ++i) out.codes.push_back(half_nibble(block + 1, i, 16));
}

inline void nvfp4(const Byte* block, Numbers& out) {
  out.scales.insert(out.scales.end(), block, block + 4);
  for (int i = 0; i < 64; ++i) out.codes.push_back(half_nibble(block + 4 + i / 16 * 8, i % 16, 8));
}

inline void q1_0(const Byte* block, Numbers& out) {
  out.scales.push_back(half(block));
  for (int i = 0; i < 128; ++i) out.codes.push_back(field(block[2 + i / 8], i % 8, 1));
}

inline void q2_0(const Byte* block, Numbers& out) {
  out.scales.push_back(half(block));
  for (int i = 0; i < 64; ++i) out.codes.push_back(field(block[2 + i / 4], i % 4, 2));
}

// --- Super-blocks of 256

// Runs of 128 weights lie in 32 bytes, weight j in bits 2 (j / 32) and above of byte j % 32.
inline int two_bits(const Byte* qs, int i) {
  return field(qs[i / 128 * 32 + i % 32], i % 128 / 32, 2);
}

inline void tq2_0(const Byte* block, Numbers& out) {
  out.scales.push_back(half(block + 64));
  for (int i = 0; i < 256; ++i) out.codes.push_back(two_bits(block, i));
}

// Digit `index` of a byte that holds ceil(256 v / 243), where v has the first digit on top.
inline int trit(int byte, int index) {
  constexpr int kPowers[] = {1, 3, 9, 27, 81};
  return (byte * kPowers[index] % 256) * 3 >> 8;
}

// 32 bytes of five trits, 16 of five and 4 of four; trit n of all bytes of a part, then n + 1.
inline void tq1_0(const Byte* block, Numbers& out) {
  out.scales.push_back(half(block + 52));
  const auto part = [&](const Byte* bytes, int count, int trits) {
    for (int i = 0; i < count * trits; ++i) out.codes.push_back(trit(bytes[i % count], i / count));
  };
  part(block, 32, 5);
  part(block + 32, 16, 5);
  part(block + 48, 4, 4);
}

inline void q2_k(const Byte* block, Numbers& out) {
  for (int group = 0; group < 16; ++group) {
    out.scales.push_back(field(block[group], 0, 4));
    out.zeros.push_back(field(block[group], 1, 4));
  }
  out.outer.push_back(half(block + 80));
  out.zeros_outer.push_back(minus_half(block + 82));
  for (int i = 0; i < 256; ++i) out.codes.push_back(two_bits(block + 16, i));
}

// Sixteen numbers of 6 bits: low nibbles in 8 bytes, upper pairs of bits in 4.
inline int q3_k_scale(const Byte* scales, int group) {
  return half_nibble(scales, group, 8) | field(scales[8 + group % 4], group / 4, 2) << 4;
}

inline void q3_k(const Byte* block, Numbers& out) {
  for (int group = 0; group < 16; ++group) out.scales.push_back(q3_k_scale(block + 96, group) - 32);
  out.outer.push_back(half(block + 108));
  for (int i = 0; i < 256; ++i)
    out.codes.push_back((two_bits(block + 32, i) | field(block[i % 32], i / 32, 1) << 2) - 4);
}

// Eight scales and eight minima of 6 bits in 12 bytes (ggml's get_scale_min_k4).
inline void scales_and_minima(const Byte* packed, Numbers& out) {
  for (int group = 0; group < 8; ++group) {
    const Byte *low = packed + group % 4, *high = packed + 8 + group % 4;
    const bool first = group < 4;
    out.scales.push_back(first ? low[0] & 63 : (*high & 15) | low[0] >> 6 << 4);
    out.zeros.push_back(first ? low[4] & 63 : *high >> 4 | low[4] >> 6 << 4);
  }
}

// Runs of 64 weights lie in 32 bytes, the first 32 weights in the low nibbles.
inline int four_bits(const Byte* qs, int i) { return half_nibble(qs + i / 64 * 32, i % 64, 32); }

inline void q4_k(const Byte* block, Numbers& out) {
  out.outer.push_back(half(block));
  out.zeros_outer.push_back(minus_half(block + 2));
  scales_and_minima(block + 4, out);
  for (int i = 0; i < 256; ++i) out.codes.push_back(four_bits(block + 16, i));
}

inline void q5_k(const Byte* block, Numbers& out) {
  out.outer.push_back(half(block));
  out.zeros_outer.push_back(minus_half(block + 2));
  scales_and_minima(block + 4, out);
  for (int i = 0; i < 256; ++i)
    out.codes.push_back(four_bits(block + 48, i) | field(block[16 + i % 32], i / 32, 1) << 4);
}

// Runs of 128 weights: low nibbles in 64 bytes, upper pairs of bits as two_bits has them.
inline void q6_k(const Byte* block, Numbers& out) {
  for (int i = 0; i < 256; ++i) {
    const int low = half_nibble(block + i / 128 * 64, i % 128, 64);
    out.codes.push_back((low | two_bits(block + 128, i) << 4) - 32);
  }
  out.scales.insert(out.scales.end(), block + 192, block + 208);
  out.outer.push_back(half(block + 208));
}

inline void iq4_xs(const Byte* block, Numbers& out) {
  out.outer.push_back(half(block));
  for (int group = 0; group < 8; ++group) {
    const auto high = static_cast<int>(half(block + 2) >> (2 * group) & 3);
    out.scales.push_back((field(block[4 + group / 2], group % 2, 4) | high << 4) - 32);
  }
  for (int i = 0; i < 256; ++i)
    out.codes.push_back(half_nibble(block + 8 + i / 32 * 16, i % 32, 16));
}

// Nine bits of index (the ninth apart) and four signs for each of 64 vectors.
inline void iq3_s(const Byte* block, Numbers& out) {
  out.outer.push_back(half(block));
  for (int group = 0; group < 8; ++group)
    out.scales.push_back(field(block[106 + group / 2], group % 2, 4));
  for (int i = 0; i < 64; ++i)
    out.codes.push_back(block[2 + i] | field(block[66 + i / 8], i % 8, 1) << 8 |
                        field(block[74 + i / 2], i % 2, 4) << 9);
}

// Eight bits of index for each of 64 vectors; then, for each 32 weights, four times the signs of
// seven neighbours, the eighth of which makes the number of minuses even, and four bits of scale.
inline void iq3_xxs(const Byte* block, Numbers& out) {
  out.outer.push_back(half(block));
  for (int group = 0; group < 8; ++group) {
    const Byte* packed = block + 66 + 4 * group;
    const std::int64_t word = half(packed) | half(packed + 2) << 16;
    out.scales.push_back(word >> 28);
    for (int i = 0; i < 8; ++i) {
      const auto seven = static_cast<unsigned>(word >> (i / 2 * 7) & 127);
      const unsigned eight = seven | (std::popcount(seven) % 2U) << 7;
      out.codes.push_back(block[2 + 8 * group + i] | (eight >> (i % 2 * 4) & 15U) << 8);
    }
  }
}

// Ten bits of index (the upper two apart) and eight signs for each of 32 vectors.
inline void iq2_s(const Byte* block, Numbers& out) {
  out.outer.push_back(half(block));
  for (int group = 0; group < 16; ++group)
    out.scales.push_back(field(block[74 + group / 2], group % 2, 4));
  for (int i = 0; i < 32; ++i)
    out.codes.push_back(block[2 + i] | field(block[66 + i / 4], i % 4, 2) << 8 |
                        block[34 + i] << 10);
}

}  // namespace qbench::test
