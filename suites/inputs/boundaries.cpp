// SPDX-License-Identifier: Apache-2.0
// Thresholds of a mode: those of its codebook, and the midpoints between decoded codes.
#include "suites/inputs/boundaries.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "reference/planes/codec.h"

namespace qbench {
namespace {

// The decoded codes, ascending, scaled to a largest weight of 1; empty for plain formats.
std::vector<float> decoded_levels(const Mode& mode) {
  std::vector<float> levels;
  if (!mode.quantized()) return levels;
  for (const float value : reference::decode_table(mode.format.codec, mode.format.bits))
    if (std::isfinite(value)) levels.push_back(value / mode.quantizer.qmax);
  std::ranges::sort(levels);
  return levels;
}

}  // namespace

// Midpoints beside a code that no threshold leads to would only raise the absmax.
std::vector<float> boundary_values(const Mode& mode) {
  std::vector<float> middles;
  const std::vector<float> levels = decoded_levels(mode);
  const std::span<const float> own = mode.quantizer.thresholds.at;
  for (std::size_t i = 1; i < levels.size(); ++i)
    if (const float middle = (levels[i - 1] + levels[i]) / 2; own.empty() || std::abs(middle) <= 1)
      middles.push_back(middle);
  middles.insert(middles.end(), own.begin(), own.end());
  std::vector<float> all = {0.0f, 0.5f};
  for (const float middle : middles)
    for (const float x : {std::nextafter(middle, -9.0f), middle, std::nextafter(middle, 9.0f)})
      all.insert(all.end(), {x, -x});
  return all;
}

Matrix make_boundaries(const Mode& mode, std::int64_t n, std::int64_t k) {
  constexpr std::int64_t kRun = 32;
  const std::vector<float> values = boundary_values(mode);
  Matrix weights(n, k);
  std::size_t next = 0;
  for (std::int64_t i = 0; i < weights.size(); ++i)
    weights.values[static_cast<std::size_t>(i)] =
        i % kRun == 0 ? 1.0f : values[next++ % values.size()];
  return weights;
}

}  // namespace qbench
