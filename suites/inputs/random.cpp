// SPDX-License-Identifier: Apache-2.0
// Philox, the Box-Muller transform, and the logarithm and the circle that it needs.
#include "suites/inputs/random.h"

#include <bit>
#include <cmath>

namespace qbench {

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key) {
  auto [c0, c1, c2, c3] = counter;
  auto [k0, k1] = key;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53} * c0, p1 = std::uint64_t{0xCD9E8D57} * c2;
    c0 = static_cast<std::uint32_t>(p1 >> 32) ^ c1 ^ k0;
    c2 = static_cast<std::uint32_t>(p0 >> 32) ^ c3 ^ k1;
    c1 = static_cast<std::uint32_t>(p1);
    c3 = static_cast<std::uint32_t>(p0);
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return {c0, c1, c2, c3};
}

namespace {

struct Bits {
  std::uint64_t a, b;
};

inline Bits bits_at(const RandomStream& s, std::int64_t index, std::uint32_t part = 0) {
  const auto low = [](auto x) { return static_cast<std::uint32_t>(x); };
  const auto r =
      philox({low(index), low(index >> 32), s.stream, part}, {low(s.seed), low(s.seed >> 32)});
  return {r[0] | std::uint64_t{r[1]} << 32, r[2] | std::uint64_t{r[3]} << 32};
}

// A multiple of 2^-52 in [1, 2).
inline double one_to_two(std::uint64_t bits) {
  return std::bit_cast<double>(bits >> 12 | std::uint64_t{0x3FF} << 52);
}

// The logarithm of a normal x > 0, with a relative error of 1e-14 for x <= 1:
//   x = 2^e m, m in [sqrt(1/2), sqrt(2))
//   log m = 2 atanh(s) = 2 (s + s^3/3 + s^5/5 + ...), s = (m - 1) / (m + 1), |s| < 0.172
inline double log_of(double x) {
  constexpr std::uint64_t kHalfRoot = 0x3FE6A09E667F3BCD;  // sqrt(1/2)
  const std::uint64_t shifted =
      std::bit_cast<std::uint64_t>(x) + (std::uint64_t{0x3FF} << 52) - kHalfRoot;
  // 2^52 + biased exponent, as the bits of a double: SSE2 and AVX2 convert no 64-bit integers.
  const double e =
      std::bit_cast<double>(shifted >> 52 | std::uint64_t{0x433} << 52) - (0x1p52 + 1023);
  const double m = std::bit_cast<double>((shifted & ((std::uint64_t{1} << 52) - 1)) + kHalfRoot);
  const double s = (m - 1) / (m + 1), t = s * s;
  const double series =
      1 + t * (1. / 3 +
               t * (1. / 5 +
                    t * (1. / 7 + t * (1. / 9 + t * (1. / 11 + t * (1. / 13 + t * (1. / 15)))))));
  return e * 0x1.62e42fefa39efp-1 + 2 * s * series;
}

// The point of the unit circle at a random angle, with an error of 1e-12. Two bits choose the
// quadrant; the others choose the angle within it, in [-pi/4, pi/4), whose sine and cosine are
// Taylor series.
struct Point {
  double cos, sin;
};
inline Point circle(std::uint64_t bits) {
  const double angle = (one_to_two(bits << 2) - 1.5) * 0x1.921fb54442d18p0;
  const double t = angle * angle;
  const double c =
      1 - t * (1. / 2 -
               t * (1. / 24 -
                    t * (1. / 720 - t * (1. / 40320 - t * (1. / 3628800 - t * (1. / 479001600))))));
  const double s =
      angle *
      (1 - t * (1. / 6 - t * (1. / 120 -
                              t * (1. / 5040 - t * (1. / 362880 - t * (1. / 39916800 -
                                                                       t * (1. / 6227020800)))))));
  const bool swap = bits >> 63;
  const double sign =
      std::bit_cast<double>((bits << 1 & std::uint64_t{1} << 63) | std::uint64_t{0x3FF} << 52);
  return {sign * (swap ? s : c), sign * (swap ? c : s)};
}

// Two independent numbers, N(0, 1).
inline Point box_muller(Bits bits) {
  const double radius = std::sqrt(-2 * log_of(2 - one_to_two(bits.a)));  // a uniform in (0, 1]
  const Point p = circle(bits.b);
  return {radius * p.cos, radius * p.sin};
}

}  // namespace

void RandomStream::uniform(std::int64_t first, std::span<double> out) const {
  // Odd multiples of 2^-52, as many below 0 as above.
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = 2 * one_to_two(bits_at(*this, first + static_cast<std::int64_t>(i)).a) - 3 + 0x1p-52;
}

void RandomStream::normal(std::int64_t first, std::span<double> out) const {
  const std::size_t pairs = out.size() / 2;
  for (std::size_t i = 0; i < pairs; ++i) {
    const Point p = box_muller(bits_at(*this, first / 2 + static_cast<std::int64_t>(i)));
    out[2 * i] = p.cos;
    out[2 * i + 1] = p.sin;
  }
  if (out.size() % 2)
    out.back() = box_muller(bits_at(*this, first / 2 + static_cast<std::int64_t>(pairs))).cos;
}

// z / sqrt(chi2 / 5). chi2, with 5 degrees of freedom, is the sum of a squared normal and of one
// with 4 degrees, -2 log(u v).
void RandomStream::student_t5(std::int64_t first, std::span<double> out) const {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::int64_t index = first + static_cast<std::int64_t>(i);
    const Point z = box_muller(bits_at(*this, index, 0));
    const Bits uv = bits_at(*this, index, 1);
    const double chi2 = z.sin * z.sin - 2 * log_of((2 - one_to_two(uv.a)) * (2 - one_to_two(uv.b)));
    out[i] = z.cos / std::sqrt(chi2 / 5);
  }
}

}  // namespace qbench
