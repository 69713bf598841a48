// SPDX-License-Identifier: Apache-2.0
// Format: what the stored bytes of a quantized matrix mean, as data. A weight is
//
//   (value[code] - point) * scale * (1 / qmax) + minimum
//
// in f32 and in this order, where the scale, the zero point or the minimum are those of its group
// and parts that a format lacks are left out. README.md in reference/ shows the bytes. How codes
// and scales are found is the business of a Quantizer.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "reference/matrix.h"

namespace qbench {

// --- Codecs: codes to numbers

constexpr bool same_values(std::span<const float> a, std::span<const float> b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i]) return false;
  return true;
}

// A table: values[code]. Tensor cores take levels of 16 bits: multiplied by the gain, all of them
// are exact in the type, or the largest relative error is the least possible.
struct Codebook {
  struct Gain {
    float fp16 = 1;
    float bf16 = 1;
    bool operator==(const Gain&) const = default;
  };
  std::span<const float> values;
  std::string_view origin;  // where the values come from, in words; no part of what codes mean
  Gain gain = {};
  constexpr bool operator==(const Codebook& other) const {
    return same_values(values, other.values) && gain == other.gain;
  }
};

// Whole numbers lowest..highest, in two's complement where there are negative ones.
struct Integers {
  int lowest;
  int highest;
  bool operator==(const Integers&) const = default;
};

// A float of a sign, an exponent and a mantissa, at most 8 bits wide, with subnormals. Codes whose
// magnitude would exceed `largest` are NaN, but for that of infinity where the format has one.
struct SmallFloat {
  int exponent_bits;
  int mantissa_bits;
  int bias;
  float largest;
  std::optional<std::uint8_t> nan_code = {};  // NaN is stored as this, or as 0
  bool infinity = false;                      // the code above that of `largest`
  bool operator==(const SmallFloat&) const = default;
};

// 2^(code - 127), 8 bits wide; 255 is NaN (E8M0 of OCP Microscaling Formats v1.0, section 5.4.1).
struct PowerOfTwo {
  bool operator==(const PowerOfTwo&) const = default;
};

// bitsandbytes' signed map of 8 bits: reference::dynamic_map()[code].
struct DynamicMap {
  bool operator==(const DynamicMap&) const = default;
};

// A code stands for `length` neighbours of the flattened matrix: values[index * length + i]. The
// index is the code; with `signs` it is the code without its upper `length` bits, the i-th of which
// negates weight i.
struct Vectors {
  std::span<const float> values;
  int length;
  bool signs = false;
  constexpr bool operator==(const Vectors& other) const {
    return same_values(values, other.values) && length == other.length && signs == other.signs;
  }
};

// The number itself, as the machine has it.
struct Plain {
  Dtype dtype;
  bool operator==(const Plain&) const = default;
};

using Codec = std::variant<Codebook, Integers, SmallFloat, PowerOfTwo, DynamicMap, Vectors, Plain>;

// The bits after the leading one of the largest numbers of small floats and integers; else 0.
constexpr int mantissa_bits(const Codec& codec) {
  if (std::holds_alternative<SmallFloat>(codec)) return std::get<SmallFloat>(codec).mantissa_bits;
  if (!std::holds_alternative<Integers>(codec)) return 0;
  return std::bit_width(static_cast<unsigned>(std::get<Integers>(codec).highest)) - 1;
}

// Codes of 4 bits lie two a byte, in the order that is named; codes of any other width are one
// stream of bits, the first in the lowest, whatever the order. Trits are the digits of bytes in
// base 3, five a byte, the first with the weight 1; every 256 codes begin at a byte of their own.
enum class Packing { low_first, high_first, trits };
inline constexpr int kTritsAByte = 5, kTritRun = 256, kTritRunBytes = 52;

// Bytes of `count` codes.
constexpr std::int64_t packed_bytes(std::int64_t count, int bits, Packing packing) {
  if (packing != Packing::trits) return (count * bits + 7) / 8;
  return count / kTritRun * kTritRunBytes + (count % kTritRun + kTritsAByte - 1) / kTritsAByte;
}

// --- Numbers that a group has: scales, zero points, minima

// How a number is kept. Numbers narrower than a byte are one stream of bits.
struct Storage {
  int bits;
  Codec codec;
  bool operator==(const Storage&) const = default;
};

// OCP E4M3 (FP8 formats, arXiv 2209.05433, section 3): no infinity, 448 is the largest.
inline constexpr SmallFloat kE4M3 = {
    .exponent_bits = 4, .mantissa_bits = 3, .bias = 7, .largest = 448.0f, .nan_code = 0x7f};

namespace stored {
inline constexpr Storage f32 = {.bits = 32, .codec = Plain{Dtype::fp32}};
inline constexpr Storage f16 = {.bits = 16, .codec = Plain{Dtype::fp16}};
inline constexpr Storage bf16 = {.bits = 16, .codec = Plain{Dtype::bf16}};
inline constexpr Storage e4m3 = {.bits = 8, .codec = kE4M3};
inline constexpr Storage e8m0 = {.bits = 8, .codec = PowerOfTwo{}};
inline constexpr Storage dynamic8 = {.bits = 8, .codec = DynamicMap{}};
constexpr Storage unsigned_integer(int bits) { return {bits, Integers{0, (1 << bits) - 1}}; }
constexpr Storage signed_integer(int bits) {
  return {bits, Integers{-(1 << (bits - 1)), (1 << (bits - 1)) - 1}};
}
}  // namespace stored

// The scales of the numbers of the level below, which are decoded as
//   stored value * outer scale + mean
struct OuterLevel {
  int size = 0;  // consecutive numbers of a row of weights (blocks: of the matrix); 0: all of them
  Storage storage = stored::f32;
  bool less_mean = false;  // the mean of all numbers is kept, in f32, and was taken off first
  bool operator==(const OuterLevel&) const = default;
};

struct GroupNumber {
  Storage storage = stored::f32;
  std::optional<OuterLevel> outer = {};
  bool operator==(const GroupNumber&) const = default;
};

// The weights that share a scale. A block runs over the flattened row-major matrix, across rows; a
// group runs along k within a row; a tile is a group of several rows. The last may be short.
enum class Granularity { block, group, tile, row, tensor };

enum class Zero {
  none,
  point,    // taken off the value of the code
  minimum,  // added at the end
};

// --- The whole

// Products quantize the activations too: each row to int8, but for the columns with a magnitude at
// or above the threshold, which are kept (LLM.int8(), arXiv 2208.07339, section 3.2).
struct QuantizedActivations {
  float outlier_threshold;
  bool operator==(const QuantizedActivations&) const = default;
};

struct Format {
  int bits;  // of a stored code: 1 to 8; up to 24 for Vectors; 16 or 32 for Plain
  Codec codec;
  Granularity granularity = Granularity::tensor;
  int tile_rows = 1;  // of a tile; its columns are the block size
  GroupNumber scale = {};
  float qmax = 1;  // decoded weights are divided by it: the scale is then an absmax, not a step
  Zero zero = Zero::none;
  GroupNumber zero_number = {};
  Packing packing = Packing::low_first;
  bool ordered = false;  // column c is of group order[c] of its row: a plane of 32-bit integers
  std::optional<QuantizedActivations> activations = {};

  constexpr bool quantized() const { return !std::holds_alternative<Plain>(codec); }
  // True where a code of 0 stands for a number of its group that is no whole number of steps: a
  // minimum, or a real zero point times the scale.
  constexpr bool zero_is_apart() const {
    return zero == Zero::minimum ||
           (zero == Zero::point && std::holds_alternative<Plain>(zero_number.storage.codec));
  }
  // The number of weights that a code stands for.
  constexpr int weights_a_code() const {
    return std::holds_alternative<Vectors>(codec) ? std::get<Vectors>(codec).length : 1;
  }
  bool operator==(const Format&) const = default;
};

}  // namespace qbench
