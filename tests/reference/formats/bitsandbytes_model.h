// SPDX-License-Identifier: Apache-2.0
// bitsandbytes' blockwise quantization, one weight at a time, written from its kernels'
// specification: subnormals count as zero, a weight is multiplied by the reciprocal of the absmax,
// codes are found by strictly greater comparisons.
#pragma once

#include <cfloat>

#include "tests/reference/golden/codebooks.h"
#include "tests/reference/matrices.h"

namespace qbench::test {

inline float flushed(float x) { return std::abs(x) < FLT_MIN ? 0.0f : x; }

inline int nf4_code(float scaled) {
  int code = 0;
  for (const std::uint32_t threshold : golden::kNf4Thresholds)
    if (scaled > from_bits(threshold)) ++code;
  return code;
}

inline int fp4_code(float scaled) {
  const int sign = flushed(scaled) < 0 ? 8 : 0;
  int magnitude = 0;
  for (const std::uint32_t threshold : golden::kFp4Thresholds)
    if (std::abs(scaled) > from_bits(threshold)) ++magnitude;
  return sign | golden::kFp4CodesByMagnitude[magnitude];
}

// The nearest entry of the dynamic map by the midpoint in f32; an exact midpoint takes the even
// code, NaN the code 0.
inline int dynamic_code(float scaled) {
  int code = 0;
  for (const std::uint32_t bits : golden::kDynamicMidpoints) {
    const float midpoint = from_bits(bits);
    if (!(scaled > midpoint || (scaled == midpoint && code % 2 == 1))) break;
    ++code;
  }
  return code;
}

struct Blocks {
  std::vector<float> absmax;
  std::vector<int> codes;
};

// Blocks of consecutive values. `pads` zeros more are encoded with the last block.
inline Blocks encoded_blocks(std::span<const float> values, std::size_t block_size,
                             std::size_t pads, int (*code_of)(float)) {
  Blocks blocks;
  for (std::size_t begin = 0; begin < values.size(); begin += block_size) {
    const auto block = values.subspan(begin, std::min(block_size, values.size() - begin));
    float absmax = -FLT_MAX;
    for (const float value : block) absmax = std::fmax(absmax, flushed(std::abs(value)));
    const float reciprocal = flushed(1.0f / absmax);
    for (const float value : block) blocks.codes.push_back(code_of(flushed(value) * reciprocal));
    blocks.absmax.push_back(absmax);
    if (begin + block.size() == values.size())
      for (std::size_t pad = 0; pad < pads; ++pad)
        blocks.codes.push_back(code_of(0.0f * reciprocal));
  }
  return blocks;
}

inline std::vector<int> codes_of(const QuantizedMatrix& q) {
  return nibbles(q.codes, 2 * q.weight_bytes(), Packing::high_first);
}
inline std::vector<float> absmax_of(const QuantizedMatrix& q) {
  return numbers<float>(q.scales.numbers);
}

// A row of which the first weight is 1, so that all others are scaled by 1 exactly.
inline std::vector<float> with_absmax_1(std::vector<float> weights) {
  weights.insert(weights.begin(), 1.0f);
  return weights;
}

}  // namespace qbench::test
