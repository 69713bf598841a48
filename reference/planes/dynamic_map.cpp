// SPDX-License-Identifier: Apache-2.0
// bitsandbytes' signed 8-bit dynamic map, by its construction: for i = 0 .. 6 the means of the 2^i
// cells of [0.1, 1], times 10^(i - 6), with both signs; then 0 and 1.
#include <algorithm>
#include <array>
#include <cmath>

#include "reference/planes/stored_numbers.h"

namespace qbench::reference {
namespace {

// Edge j of the cells, as torch.linspace(0.1, 1, cells + 1) computes it in f32: from both ends,
// with fused operations.
float edge(int j, int cells) {
  const float step = (1.0f - 0.1f) / static_cast<float>(cells);
  return j < (cells + 1) / 2 ? std::fma(step, static_cast<float>(j), 0.1f)
                             : std::fma(-step, static_cast<float>(cells - j), 1.0f);
}

std::array<float, 256> make_map() {
  constexpr float kPowersOfTen[7] = {1e-6f, 1e-5f, 1e-4f, 1e-3f, 1e-2f, 1e-1f, 1.0f};
  std::array<float, 256> values{};
  std::size_t next = 0;
  for (int i = 0; i < 7; ++i)
    for (int cell = 0; cell < 1 << i; ++cell) {
      const float mean = (edge(cell, 1 << i) + edge(cell + 1, 1 << i)) / 2;
      values[next++] = mean * kPowersOfTen[i];
      values[next++] = -mean * kPowersOfTen[i];
    }
  values[next++] = 0.0f;
  values[next] = 1.0f;
  std::ranges::sort(values);
  return values;
}

}  // namespace

std::span<const float> dynamic_map() {
  static const std::array<float, 256> values = make_map();
  return values;
}

}  // namespace qbench::reference
