// SPDX-License-Identifier: Apache-2.0
// NearestLevel and SignAndMean take a statistic of the group as its scale, in ggml's own rounding.
#include <algorithm>
#include <bit>

#include "reference/quantizers/nearest.h"
#include "reference/quantizers/units.h"

namespace qbench::reference {
namespace {

constexpr std::uint32_t kMantissa = 0x7fffff;

// Returns the exponent field of 2^floor(log2(x)), where the logarithm is rounded to f32 first: just
// below a power of two 2^k it becomes k. With x = 2^k (1 - n / 2^24) it is k - n / (2^24 ln 2), and
// half the distance from k to the float below is 2^(p - 24), where 2^p is the greatest power of two
// that is at most |k| or, for k > 0, less than k.
std::int32_t exponent_of_log(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const auto exponent = static_cast<std::int32_t>(bits >> 23);
  const std::int32_t k = exponent + 1 - 127;
  const auto size = static_cast<std::uint32_t>(k > 0 ? k - 1 : -k);
  constexpr float kLn2 = 0.693147181f;
  const auto below = static_cast<float>(kMantissa + 1 - (bits & kMantissa));
  return below < kLn2 * static_cast<float>(std::bit_floor(size)) ? exponent + 1 : exponent;
}

// Rounds absmax / qmax to a power of two from 2^-127 on.
float power_of_two(float absmax, float qmax) {
  const auto of_qmax = static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(qmax) >> 23) - 127;
  const std::int32_t exponent = exponent_of_log(absmax) - of_qmax;
  if (exponent <= 0) return 0x1p-127f;
  return std::bit_cast<float>(static_cast<std::uint32_t>(std::min(exponent, 254)) << 23);
}

// Rounds to E4M3 by the bit below the last, halves up. Subnormals reach 7 / 512, and 256 becomes
// 448.
float unsigned_e4m3(float x) {
  constexpr float kLeastNormal = 0x1p-6f, kSaturates = 256;
  if (!(x < kSaturates)) return 448;
  if (x < kLeastNormal) {
    const auto steps = static_cast<float>(static_cast<int>(x * 512 + 0.5f));
    return std::min(steps, 7.0f) / 512;
  }
  constexpr std::uint32_t kHalf = 1u << 19, kKept = ~(2 * kHalf - 1);
  const float rounded = std::bit_cast<float>((std::bit_cast<std::uint32_t>(x) + kHalf) & kKept);
  return rounded < kSaturates ? rounded : 448;
}

constexpr std::size_t kLanes = 16;      // weights whose choices stay in registers
constexpr std::size_t kMostHalf = 128;  // half the levels of 8-bit codes
static_assert(kMostUnit % kLanes == 0);

// Finds the codes of kLanes weights. The upper half of the levels are the lower, negated:
// magnitudes are compared. Errors are their bits, which compare alike, and choices are masks, so
// that the loops over weights vectorize.
void take_nearest(const float* weights, const float* levels, std::int32_t half,
                  std::uint8_t* codes) {
  float magnitude[kLanes];
  std::int32_t least[kLanes], best[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) {
    magnitude[i] = std::abs(weights[i]);
    least[i] = std::bit_cast<std::int32_t>(magnitude[i]);
    best[i] = 0;
  }
  for (std::int32_t code = 1; code < half; ++code)
    for (std::size_t i = 0; i < kLanes; ++i) {
      const auto error = std::bit_cast<std::int32_t>(std::abs(levels[code] - magnitude[i]));
      const std::int32_t better = -static_cast<std::int32_t>(error < least[i]);
      best[i] ^= (best[i] ^ code) & better;
      least[i] ^= (least[i] ^ error) & better;
    }
  for (std::size_t i = 0; i < kLanes; ++i) {
    const std::int32_t negative = -static_cast<std::int32_t>(best[i] != 0 && weights[i] < 0);
    codes[i] = static_cast<std::uint8_t>(best[i] + (half & negative));
  }
}

void take_nearest(Unit& unit, float scale) {
  float weights[kMostUnit] = {}, levels[kMostHalf];
  std::uint8_t codes[kMostUnit];
  const std::size_t count = unit.weights.size();
  std::ranges::copy(unit.weights, weights);
  const auto half = static_cast<std::int32_t>(unit.levels.size() / 2);
  for (std::int32_t code = 0; code < half; ++code)
    levels[code] = unit.levels[static_cast<std::size_t>(code)] * scale;
  for (std::size_t i = 0; i < count; i += kLanes)
    take_nearest(weights + i, levels, half, codes + i);
  std::copy_n(codes, count, unit.codes.data());
}

}  // namespace

void find(const NearestLevel& search, const Format& format, Unit& unit) {
  const float absmax = std::abs(largest(unit.weights));
  const bool power = std::holds_alternative<PowerOfTwo>(format.scale.storage.codec);
  const float scale =
      power ? power_of_two(absmax, search.qmax) : unsigned_e4m3(absmax / search.qmax);
  unit.scales[0] = scale;
  take_nearest(unit, scale);
}

void find(const SignAndMean&, const Format&, Unit& unit) {
  float sum = 0;
  for (const float x : unit.weights) sum += std::abs(x);
  unit.scales[0] = sum / static_cast<float>(unit.weights.size());
  for (std::size_t i = 0; i < unit.weights.size(); ++i) unit.codes[i] = unit.weights[i] >= 0;
}

}  // namespace qbench::reference
