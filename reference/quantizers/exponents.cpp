// SPDX-License-Identifier: Apache-2.0
// Powers of two from quotients in double. A quotient of two f32 is no power of two unless it is one
// exactly: the nearest other lies 2^-24 of it away, which double tells apart.
#include "reference/quantizers/exponents.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace qbench::reference {
namespace {

constexpr int kLeast = -127, kMost = 127;

// The exponent of the greatest power of two that is at most the quotient, or the least that is at
// least it.
int exponent_of(double quotient, bool up) {
  if (!(quotient > 0)) return kLeast;
  if (std::isinf(quotient)) return kMost;
  constexpr int kBias = 1023, kMantissa = 52;
  const auto bits = std::bit_cast<std::uint64_t>(quotient);  // never a subnormal double
  const bool between = (bits & ((std::uint64_t{1} << kMantissa) - 1)) != 0;
  return static_cast<int>(bits >> kMantissa) - kBias + (up && between ? 1 : 0);
}

// The power of two below the statistic as rounded to the mantissa, halves up. Subnormals have the
// unit of the least normal numbers.
double carried(float statistic, int mantissa_bits) {
  if (std::isinf(statistic)) return static_cast<double>(statistic);
  const std::uint32_t half = std::uint32_t{1} << (22 - mantissa_bits);
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(statistic) + half;
  const auto exponent = static_cast<int>(bits >> 23);
  return exponent == 0 ? 0 : std::ldexp(1.0, exponent - 127);
}

int exponent_of(float statistic, float by, Exponent rule, int mantissa_bits) {
  const auto whole = static_cast<double>(std::abs(statistic)), divisor = static_cast<double>(by);
  switch (rule) {
    case Exponent::floor:
      break;
    case Exponent::ceil:
      return exponent_of(whole / divisor, true);
    case Exponent::even:
      return exponent_of(carried(std::abs(statistic), mantissa_bits) / divisor, false);
    case Exponent::rceil:
      return exponent_of(static_cast<double>(std::abs(statistic) / by), true);
  }
  return exponent_of(whole / divisor, false);
}

}  // namespace

void powers_of_two(float by, Exponent rule, int mantissa_bits, Buffer<float>& statistics) {
  for (float& value : statistics)
    value =
        std::ldexp(1.0f, std::clamp(exponent_of(value, by, rule, mantissa_bits), kLeast, kMost));
}

}  // namespace qbench::reference
