// SPDX-License-Identifier: Apache-2.0
// Groups with extreme absmax, and extreme groups.
#include "suites/inputs/extremes.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "reference/planes/quantized_matrix.h"
#include "reference/planes/stored_numbers.h"
#include "suites/inputs/boundaries.h"

namespace qbench {
namespace {

float below(float x) { return std::nextafter(x, 0.0f); }
float above(float x) { return std::nextafter(x, FLT_MAX); }

// The largest absmax for which the reciprocal of absmax / qmax is not subnormal.
constexpr float kLargestDivisor = 0x1p126f;

std::vector<float> f32_absmax() {
  return {1.0f,           FLT_MIN,
          below(FLT_MIN), above(FLT_MIN),
          0x1p-149f,      kLargestDivisor,
          FLT_MAX,        above(kLargestDivisor),
          0.0f,           below(kLargestDivisor)};
}

// Steps of a grid in f16: subnormals, ties, the largest, and some that are exact in f16.
std::vector<float> f16_steps() {
  return {0x1p-24f,     0x1p-25f,     above(0x1p-25f),     below(0x1p-25f), 0x3p-25f, 0x1p-14f,
          1 + 0x1p-11f, 1 + 0x3p-11f, above(1 + 0x1p-11f), 65504.0f,        0.0f,     1 + 0x1p-10f,
          1 + 0x3p-10f, 0x1.554p-3f,  0x1.998p-4f,         0x1.ffcp+1f};
}

std::vector<float> power_of_two_absmax() {
  std::vector<float> all = {0.0f, FLT_MAX};
  for (int exponent = -149; exponent < 128; ++exponent)
    for (const float x : {std::ldexp(1.0f, exponent), below(std::ldexp(1.0f, exponent))})
      all.push_back(x);
  return all;
}

// Absmax values whose mean is exactly kMean and whose largest distance from it is 1 in every 256.
// Less the mean, each is a value of the map, of either sign, an exact midpoint or a float beside
// one.
constexpr float kMean = 0.25f;

void add_where_exact(float rest, std::vector<float>& all) {
  if ((kMean + rest) - kMean == rest) all.push_back(kMean + rest);
}

std::vector<float> map_absmax() {
  const auto map = reference::dynamic_map();
  std::vector<float> all = {kMean + 1};
  for (std::size_t code = 128; code < 191; ++code)  // below 0.1
    all.insert(all.end(), {kMean + map[code], kMean - map[code]});
  for (std::size_t code = 191; code < 223; ++code) {
    const float midpoint = (map[code] + map[code + 1]) * 0.5f;
    for (const float rest : {below(midpoint), midpoint, above(midpoint)})
      add_where_exact(rest, all);
  }
  double more = 0;
  for (const float absmax : all) more += static_cast<double>(absmax) - static_cast<double>(kMean);
  for (; more > static_cast<double>(kMean); more -= static_cast<double>(kMean)) all.push_back(0.0f);
  all.push_back(kMean - static_cast<float>(more));
  return all;
}

std::vector<float> scaled_by(float factor, std::vector<float> values) {
  for (float& value : values) value *= factor;
  return values;
}

std::vector<float> absmax_of_groups(const Mode& mode, std::int64_t groups) {
  const GroupNumber& scale = mode.format.scale;
  const auto* plain = std::get_if<Plain>(&scale.storage.codec);
  if (std::holds_alternative<DynamicMap>(scale.storage.codec))
    if (const std::vector<float> all = map_absmax(); std::ssize(all) <= groups) return all;
  if (plain && plain->dtype == Dtype::fp16) return scaled_by(mode.quantizer.qmax, f16_steps());
  if (std::holds_alternative<PowerOfTwo>(scale.storage.codec)) return power_of_two_absmax();
  return f32_absmax();
}

// The kinds of groups, as functions of a weight's place in its group.
using Special = float (*)(std::int64_t i);

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

float normal(std::int64_t i) { return static_cast<float>(i % 19 - 9) * 0.109375f; }
float subnormal(std::int64_t i) { return static_cast<float>(i % 7 - 3) * 0x1p-129f; }

constexpr Special kSpecials[] = {
    [](std::int64_t i) { return i % 2 == 0 ? 0.0f : -0.0f; },
    [](std::int64_t) { return kNan; },
    [](std::int64_t i) { return i % 5 == 2 ? kNan : normal(i); },
    [](std::int64_t i) { return i % 9 == 4 ? kInfinity : normal(i); },
    [](std::int64_t i) { return i % 9 == 4 ? -kInfinity : normal(i); },
    [](std::int64_t i) { return i % 3 == 0   ? kInfinity
                                : i % 3 == 1 ? kNan
                                             : -kInfinity; },
    subnormal,
    [](std::int64_t i) { return i % 2 == 0 ? -FLT_MIN : below(FLT_MIN); },
    [](std::int64_t i) { return i % 4 == 1   ? -FLT_MIN
                                : i % 4 == 2 ? subnormal(i)
                                             : normal(i); },
    [](std::int64_t i) { return i % 2 == 0 ? -FLT_MAX : static_cast<float>(i) * 0x1p100f; },
    [](std::int64_t i) { return std::abs(normal(i)) + 0.5f; },
    [](std::int64_t i) { return -std::abs(normal(i)) - 0.5f; },
    [](std::int64_t i) { return i % 4 == 0   ? 1e6f
                                : i % 4 == 2 ? 65520.0f
                                             : -normal(i); },
};

// Weight i of a group; `next` counts the values used. Weights of an asymmetric grid lie half a step
// from whole steps, exactly if the step is exact: then quotients are ties, products perhaps not.
// Others stay finite, as some modes have values beyond the absmax.
float in_group(const Mode& mode, float absmax, std::int64_t i, std::span<const float> values,
               std::size_t& next) {
  if (i == 0) return absmax;
  if (mode.format.zero == Zero::point)
    return absmax / mode.quantizer.qmax * (static_cast<float>(i % 15) + 0.5f);
  return std::clamp(absmax * values[next++ % values.size()], -FLT_MAX, FLT_MAX);
}

}  // namespace

Matrix make_scales(const Mode& mode, std::int64_t n, std::int64_t k) {
  const std::vector<float> values = boundary_values(mode);
  const Partition groups =
      mode.quantized() ? partition(mode.format, mode.block_size, n, k) : Partition{n * k, k, k};
  const std::vector<float> absmax = absmax_of_groups(mode, groups.groups());
  Matrix weights(n, k);
  std::size_t next = 0;
  for (std::int64_t i = 0; i < weights.size(); ++i) {
    const auto group = static_cast<std::size_t>(groups.group_of(i));
    const bool filler = absmax.front() == kMean + 1 && group >= absmax.size();
    const float largest = filler ? kMean : absmax[group % absmax.size()];
    weights.values[static_cast<std::size_t>(i)] =
        in_group(mode, largest, i - groups.begin(groups.group_of(i)), values, next);
  }
  return weights;
}

Matrix make_specials(std::int64_t n, std::int64_t k) {
  constexpr std::int64_t kRun = 128, kKinds = std::ssize(kSpecials);
  Matrix weights(n, k);
  for (std::int64_t row = 0; row < n; ++row)
    for (std::int64_t i = 0; i < k; ++i) {
      const std::int64_t kind = row < kKinds ? row : row + i / kRun;
      weights.row(row)[i] = kSpecials[kind % kKinds](i);
    }
  return weights;
}

}  // namespace qbench
