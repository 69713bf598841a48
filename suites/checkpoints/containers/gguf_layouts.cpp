// SPDX-License-Identifier: Apache-2.0
// The layouts of ggml's blocks (ggml-common.h, block_*; ggml-quants.c, dequantize_row_*), each once
// for both directions.
#include "suites/checkpoints/containers/gguf_layouts.h"

#include <algorithm>
#include <array>

#include "reference/formats/gguf.h"
#include "reference/formats/gguf_k.h"
#include "reference/formats/gguf_tables.h"
#include "reference/formats/gguf_ternary.h"
#include "suites/checkpoints/containers/gguf_fields.h"

namespace qbench {
namespace {

using Codes = std::uint8_t*;
using Numbers = const BlockNumbers&;
using Eight = std::uint64_t;
using Four = std::uint32_t;
using One = std::uint8_t;

constexpr int kHalf = 2;  // bytes of an f16

// --- Codes

// Runs of 2 * `apart` codes in `apart` bytes each: code j is the low nibble of byte j, code
// j + apart the high one.
template <class Way>
void nibbles(typename Way::Block block, int apart, int count, Codes codes) {
  for (int run = 0; run < count; run += 2 * apart)
    for (int i = 0; i < apart; i += 8) {
      Way::template move<Eight>(block + run / 2 + i, 0, 4, codes + run + i, 0);
      Way::template move<Eight>(block + run / 2 + i, 4, 4, codes + run + apart + i, 0);
    }
}

// Two bits of each of 256 codes, from bit `to` on: runs of 128 lie in 32 bytes, code j in bits
// 2 (j / 32) and above of byte j % 32.
template <class Way>
void pairs(typename Way::Block block, Codes codes, int to) {
  for (int run = 0; run < 256; run += 128)
    for (int part = 0; part < 4; ++part)
      for (int i = 0; i < 32; i += 8)
        Way::template move<Eight>(block + run / 4 + i, 2 * part, 2, codes + run + 32 * part + i,
                                  to);
}

// Bit `to` of each of 256 codes: that of code j is bit j / 32 of byte j % 32.
template <class Way>
void bits(typename Way::Block block, Codes codes, int to) {
  for (int part = 0; part < 8; ++part)
    for (int i = 0; i < 32; i += 8)
      Way::template move<Eight>(block + i, part, 1, codes + 32 * part + i, to);
}

// The fifth bits of 32 codes as one stream.
template <class Way>
void fifth_bits(typename Way::Block block, Codes codes) {
  for (int i = 0; i < 4; ++i) Way::spread(block + i, codes + 8 * i, 4);
}

// --- Blocks of one scale

template <class Way>
void q4_0(typename Way::Block block, Numbers numbers) {
  Way::copy(block, numbers.scales, kHalf);
  nibbles<Way>(block + 2, 16, 32, numbers.codes);
}

template <class Way>
void q4_1(typename Way::Block block, Numbers numbers) {
  Way::copy(block, numbers.scales, kHalf);
  Way::copy(block + 2, numbers.zeros, kHalf);
  nibbles<Way>(block + 4, 16, 32, numbers.codes);
}

template <class Way>
void q5_0(typename Way::Block block, Numbers numbers) {
  Way::copy(block, numbers.scales, kHalf);
  fifth_bits<Way>(block + 2, numbers.codes);
  nibbles<Way>(block + 6, 16, 32, numbers.codes);
}

template <class Way>
void q5_1(typename Way::Block block, Numbers numbers) {
  Way::copy(block, numbers.scales, kHalf);
  Way::copy(block + 2, numbers.zeros, kHalf);
  fifth_bits<Way>(block + 4, numbers.codes);
  nibbles<Way>(block + 8, 16, 32, numbers.codes);
}

// The scale, then the codes as the plane has them: q8_0 q1_0 q2_0.
template <class Way, int kBytes>
void scale_and_plane(typename Way::Block block, Numbers numbers) {
  Way::copy(block, numbers.scales, kHalf);
  Way::copy(block + 2, numbers.codes, kBytes);
}

template <class Way>
void mxfp4(typename Way::Block block, Numbers numbers) {
  Way::copy(block, numbers.scales, 1);
  nibbles<Way>(block + 1, 16, 32, numbers.codes);
}

template <class Way>
void nvfp4(typename Way::Block block, Numbers numbers) {
  Way::copy(block, numbers.scales, 4);
  nibbles<Way>(block + 4, 8, 64, numbers.codes);
}

// --- Super-blocks of 256

template <class Way>
void q2_k(typename Way::Block block, Numbers numbers) {
  for (int i = 0; i < 16; i += 8) {
    Way::template move<Eight>(block + i, 0, 4, numbers.scales + i, 0);
    Way::template move<Eight>(block + i, 4, 4, numbers.zeros + i, 0);
  }
  pairs<Way>(block + 16, numbers.codes, 0);
  Way::copy(block + 80, numbers.outer, kHalf);
  Way::copy(block + 82, numbers.zeros_outer, kHalf);
}

// The low nibbles of 16 scales are in 8 bytes, their upper pairs of bits in 4.
template <class Way>
void q3_k(typename Way::Block block, Numbers numbers) {
  bits<Way>(block, numbers.codes, 2);
  pairs<Way>(block + 32, numbers.codes, 0);
  nibbles<Way>(block + 96, 8, 16, numbers.scales);
  for (int part = 0; part < 4; ++part)
    Way::template move<Four>(block + 104, 2 * part, 2, numbers.scales + 4 * part, 4);
  Way::copy(block + 108, numbers.outer, kHalf);
}

// Eight numbers of 6 bits, of the scales or of the minima: four are the low bits of four bytes; of
// the others the low nibbles are at bit `at` of four bytes, and the rest above the first four.
template <class Way>
void six_bits(typename Way::Block low, typename Way::Block high, int at, std::uint8_t* numbers) {
  Way::template move<Four>(low, 0, 6, numbers, 0);
  Way::template move<Four>(high, at, 4, numbers + 4, 0);
  Way::template move<Four>(low, 6, 2, numbers + 4, 4);
}

template <class Way>
void scales_and_minima(typename Way::Block block, Numbers numbers) {
  Way::copy(block, numbers.outer, kHalf);
  Way::copy(block + 2, numbers.zeros_outer, kHalf);
  six_bits<Way>(block + 4, block + 12, 0, numbers.scales);
  six_bits<Way>(block + 8, block + 12, 4, numbers.zeros);
}

template <class Way>
void q4_k(typename Way::Block block, Numbers numbers) {
  scales_and_minima<Way>(block, numbers);
  nibbles<Way>(block + 16, 32, 256, numbers.codes);
}

template <class Way>
void q5_k(typename Way::Block block, Numbers numbers) {
  scales_and_minima<Way>(block, numbers);
  bits<Way>(block + 16, numbers.codes, 4);
  nibbles<Way>(block + 48, 32, 256, numbers.codes);
}

template <class Way>
void q6_k(typename Way::Block block, Numbers numbers) {
  nibbles<Way>(block, 64, 256, numbers.codes);
  pairs<Way>(block + 128, numbers.codes, 4);
  Way::copy(block + 192, numbers.scales, 16);
  Way::copy(block + 208, numbers.outer, kHalf);
}

// The upper pairs of bits of the scales come first, then their low nibbles.
template <class Way>
void iq4_xs(typename Way::Block block, Numbers numbers) {
  Way::copy(block, numbers.outer, kHalf);
  for (int group = 0; group < 8; ++group) {
    Way::template move<One>(block + 2 + group / 4, group % 4 * 2, 2, numbers.scales + group, 4);
    Way::template move<One>(block + 4 + group / 2, group % 2 * 4, 4, numbers.scales + group, 0);
  }
  nibbles<Way>(block + 8, 16, 256, numbers.codes);
}

template <class Way>
void tq2_0(typename Way::Block block, Numbers numbers) {
  pairs<Way>(block, numbers.codes, 0);
  Way::copy(block + 64, numbers.scales, kHalf);
}

// --- Trits: a byte is ceil(256 v / 243), where v has five digits in base 3, the first on top.

constexpr unsigned kPowers[] = {1, 3, 9, 27, 81};
constexpr unsigned digits_of(unsigned byte) { return byte * 243 / 256; }
constexpr unsigned byte_of(unsigned digits) { return (digits * 256 + 242) / 243; }

// `count` bytes hold `digits` trits each: the first of all bytes, then the second, ...
template <int digits>
void unpack_trits(const std::uint8_t* bytes, int count, Codes codes) {
  for (int digit = 0; digit < digits; ++digit)
    for (int i = 0; i < count; ++i) {
      const auto rest = static_cast<std::uint8_t>(bytes[i] * kPowers[digit]);
      codes[digit * count + i] = static_cast<std::uint8_t>(rest * 3u >> 8);
    }
}

template <int digits>
void pack_trits(std::uint8_t* bytes, int count, const std::uint8_t* codes) {
  for (int i = 0; i < count; ++i) {
    unsigned all = 0;
    for (int digit = 0; digit < digits; ++digit) all = all * 3 + codes[digit * count + i];
    bytes[i] = static_cast<std::uint8_t>(byte_of(all * kPowers[5 - digits]));
  }
}

void unpack_tq1_0(const std::uint8_t* block, Numbers numbers) {
  unpack_trits<5>(block, 32, numbers.codes);
  unpack_trits<5>(block + 32, 16, numbers.codes + 160);
  unpack_trits<4>(block + 48, 4, numbers.codes + 240);
  Unpack::copy(block + 52, numbers.scales, kHalf);
}

void pack_tq1_0(std::uint8_t* block, Numbers numbers) {
  pack_trits<5>(block, 32, numbers.codes);
  pack_trits<5>(block + 32, 16, numbers.codes + 160);
  pack_trits<4>(block + 48, 4, numbers.codes + 240);
  Pack::copy(block + 52, numbers.scales, kHalf);
}

// The bytes that stand for themselves, of five and of four trits.
template <unsigned kMultipleOf>
constexpr std::array<bool, 256> canonical_bytes() {
  std::array<bool, 256> all{};
  for (unsigned byte = 0; byte < 256; ++byte)
    all[byte] = byte_of(digits_of(byte)) == byte && digits_of(byte) % kMultipleOf == 0;
  return all;
}
constexpr std::array<bool, 256> kFiveTrits = canonical_bytes<1>(),
                                kFourTrits = canonical_bytes<3>();

bool is_canonical_tq1_0(const std::uint8_t* block) {
  bool all = true;
  for (int i = 0; i < 48; ++i) all &= kFiveTrits[block[i]];
  for (int i = 48; i < 52; ++i) all &= kFourTrits[block[i]];
  return all;
}

// --- The table

constexpr GgufLayout kLayouts[] = {
    {"Q4_0", kQ4_0, 32, 18, q4_0<Unpack>, q4_0<Pack>},
    {"Q4_1", kQ4_1, 32, 20, q4_1<Unpack>, q4_1<Pack>},
    {"Q5_0", kQ5_0, 32, 22, q5_0<Unpack>, q5_0<Pack>},
    {"Q5_1", kQ5_1, 32, 24, q5_1<Unpack>, q5_1<Pack>},
    {"Q8_0", kQ8_0, 32, 34, scale_and_plane<Unpack, 32>, scale_and_plane<Pack, 32>, true},
    {"Q2_K", kQ2_K, 256, 84, q2_k<Unpack>, q2_k<Pack>},
    {"Q3_K", kQ3_K, 256, 110, q3_k<Unpack>, q3_k<Pack>},
    {"Q4_K", kQ4_K, 256, 144, q4_k<Unpack>, q4_k<Pack>},
    {"Q5_K", kQ5_K, 256, 176, q5_k<Unpack>, q5_k<Pack>},
    {"Q6_K", kQ6_K, 256, 210, q6_k<Unpack>, q6_k<Pack>},
    {"IQ4_NL", kIq4_nl, 32, 18, q4_0<Unpack>, q4_0<Pack>},
    {"IQ4_XS", kIq4_xs, 256, 136, iq4_xs<Unpack>, iq4_xs<Pack>},
    {"TQ1_0", kTq1_0, 256, 54, unpack_tq1_0, pack_tq1_0, false, is_canonical_tq1_0},
    {"TQ2_0", kTq2_0, 256, 66, tq2_0<Unpack>, tq2_0<Pack>},
    {"MXFP4", kMxfp4Ggml, 32, 17, mxfp4<Unpack>, mxfp4<Pack>},
    {"NVFP4", kNvfp4OneLevel, 64, 36, nvfp4<Unpack>, nvfp4<Pack>},
    {"Q1_0", kQ1_0, 128, 18, scale_and_plane<Unpack, 16>, scale_and_plane<Pack, 16>, true},
    {"Q2_0", kQ2_0, 64, 18, scale_and_plane<Unpack, 16>, scale_and_plane<Pack, 16>, true}};

}  // namespace

std::span<const GgufLayout> gguf_layouts() { return kLayouts; }

const GgufLayout* find_gguf_layout(std::string_view type) {
  const auto* found = std::find_if(std::begin(kLayouts), std::end(kLayouts),
                                   [=](const GgufLayout& each) { return each.type == type; });
  return found == std::end(kLayouts) ? nullptr : found;
}

const GgufLayout* find_gguf_layout(const Format& format, int block_size) {
  for (const GgufLayout& layout : gguf_layouts())
    if (layout.mode.format == format && layout.mode.block_size == block_size) return &layout;
  return nullptr;
}

}  // namespace qbench
