// SPDX-License-Identifier: Apache-2.0
// SimdLoops: the loops over stretches of numbers, compiled once per instruction set and chosen at
// run time. Every one gives the same bits at each instruction set: no contraction, sums in fixed
// lanes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "reference/mode.h"

namespace qbench::reference {

struct Range {
  float low;
  float high;
};

// Sums over a stretch of weights that are encoded with a zero point which may be any number: of the
// zero points with which each would be decoded to itself, and of the magnitudes of the errors.
struct PointSums {
  double points;
  double errors;
  float largest;  // of the errors' magnitudes
};

// The sum and the number of magnitudes.
struct Magnitudes {
  double sum = 0;
  std::int64_t count = 0;
};

// Sums over a stretch of values and their approximations.
struct StretchErrors {
  double error;    // sum of squared differences
  double signal;   // sum of squared values
  double largest;  // largest difference; NaN once any is NaN
};

// A stretch of codes of neighbouring groups, and what each group is decoded with, one number a
// group: the first `first` codes are of the first group, `size` of each other one, the last perhaps
// fewer.
struct GroupStretch {
  std::size_t first;
  std::size_t size;
  const float* scale;
  const float* zero = nullptr;     // nullptr: none
  const float* minimum = nullptr;  // nullptr: none
  float factor = 1;
};

struct SimdLoops {
  std::string_view name;

  // max |x| over all x but NaN; `none` where there is no other. With `flush`, subnormals count as
  // 0.
  float (*absmax)(const float* x, std::size_t count, bool flush, float none);
  // The place of the first x of this magnitude; `count` where there is none, at most 2^30.
  std::size_t (*find_magnitude)(const float* x, std::size_t count, float magnitude);
  // The least and the greatest of all x but NaN; the greatest float and its negative where there is
  // no other.
  Range (*range)(const float* x, std::size_t count);
  // The sum and the number of all |x| above a number; NaN is not above. Sums run in 8 lanes.
  Magnitudes (*sum_abs)(const float* x, std::size_t count, float above);
  StretchErrors (*errors)(const float* value, const float* approximation, std::size_t count);
  StretchErrors (*output_errors)(const double* value, const float* approximation,
                                 std::size_t count);

  // x * by, (x - less) / by, and x += more.
  void (*multiply)(const float* x, std::size_t count, float by, bool flush, float* out);
  void (*divide)(const float* x, std::size_t count, float less, float by, float* out);
  void (*add)(float* x, std::size_t count, float more);

  void (*encode_thresholds)(const float* x, std::size_t count, const Thresholds&, int bits,
                            std::uint8_t* codes);
  void (*encode_integers)(const float* x, std::size_t count, const Integers&, Rounding, float zero,
                          std::uint8_t* codes);
  void (*encode_float)(const float* x, std::size_t count, const SmallFloat&, std::uint8_t* codes);
  // sums[c] += (decoded - x)^2, in order, for the Clipping::kCandidates steps and zero points with
  // which each x is encoded, to the nearest even, and decoded. NaN adds nothing.
  void (*clipping_errors)(const float* x, std::size_t count, const Integers&, const float* steps,
                          const float* zeros, float* sums);
  // With code = the whole number nearest to x * factor + point, within 0 .. highest: the zero
  // points are code - x * factor, the errors x - (code - point) / factor. What is not finite counts
  // as 0. Sums run in 8 lanes.
  PointSums (*point_sums)(const float* x, std::size_t count, float factor, float point,
                          float highest);
  // Decode codes as (value - zero) * scale * factor + minimum, each operation rounded. The value is
  // values[code], a whole number of `bits` bits, or a small float.
  void (*decode_codebook)(const std::uint8_t* codes, std::size_t count,
                          std::span<const float> values, const GroupStretch&, float* out);
  void (*decode_integers)(const std::uint8_t* codes, std::size_t count, const Integers&, int bits,
                          const GroupStretch&, float* out);
  void (*decode_float)(const std::uint8_t* codes, std::size_t count, const SmallFloat&,
                       const GroupStretch&, float* out);

  // `bits` is 1 to 8. The last of an odd count of 4-bit codes lies beside `pad`; streams of bits
  // and of trits are ended with zeros.
  void (*pack)(const std::uint8_t* codes, std::size_t count, int bits, Packing, std::uint8_t pad,
               std::byte* out);
  void (*unpack)(const std::byte* packed, std::size_t count, int bits, Packing,
                 std::uint8_t* codes);

  void (*round_to)(Dtype, float* x, std::size_t count);  // nearest even
  void (*narrow)(Dtype, const float* x, std::size_t count, std::uint16_t* out);
  void (*widen)(Dtype, const std::uint16_t* x, std::size_t count, float* out);

  // y[r * stride + c] = sum over i of x[r][i] * w[c][i], rows of length k, in 16 lanes (f64: 8).
  // Sums of s8 are exact while k <= 2^31 / 127^2.
  void (*dot_f32)(const float* x, std::int64_t rows, const float* w, std::int64_t cols,
                  std::int64_t k, float* y, std::int64_t stride);
  void (*dot_f64)(const double* x, std::int64_t rows, const double* w, std::int64_t cols,
                  std::int64_t k, double* y, std::int64_t stride);
  void (*dot_s8)(const std::int8_t* x, std::int64_t rows, const std::int8_t* w, std::int64_t cols,
                 std::int64_t k, std::int32_t* y, std::int64_t stride);
};

// The loops of the widest instruction set that this machine has; QBENCH_ISA=sse2|avx2|avx512 in the
// environment narrows the choice. Throws std::runtime_error where QBENCH_ISA names none, or one
// that the machine lacks.
const SimdLoops& loops();

// The loops of every instruction set that this machine can run, narrowest first.
std::span<const SimdLoops* const> all_loops();

// For tests: makes loops() answer with these until the next call.
void use_loops(const SimdLoops& chosen);

inline std::string_view instruction_set() { return loops().name; }

}  // namespace qbench::reference
