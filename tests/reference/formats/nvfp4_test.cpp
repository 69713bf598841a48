// SPDX-License-Identifier: Apache-2.0
// nvfp4's variants against their steps in f32, one at a time, and their errors on normal weights.
#include "reference/planes/codec.h"
#include "tests/catch.h"
#include "tests/reference/gaussian.h"
#include "tests/reference/matrices.h"

namespace qbench::test {
namespace {

constexpr double kMagnitudes[8] = {0, 0.5, 1, 1.5, 2, 3, 4, 6};

// Nearest, ties to the even code, saturating.
int e2m1(float x) {
  int code = 0;
  for (int c = 1; c < 8; ++c) {
    const double middle = (kMagnitudes[c - 1] + kMagnitudes[c]) / 2, size = std::abs(double{x});
    if (size > middle || (size == middle && c % 2 == 0)) code = c;
  }
  return code | (std::signbit(x) ? 8 : 0);
}
float value(int code) {
  const auto magnitude = static_cast<float>(kMagnitudes[code & 7]);
  return (code & 8) != 0 ? -magnitude : magnitude;
}

double e4m3(int code) {
  return (code >> 3) == 0 ? std::ldexp(code, -9) : std::ldexp(8 + code % 8, (code >> 3) - 10);
}
// The code of a scale, which is not negative.
int e4m3_code(float x) {
  int best = 0;
  for (int code = 1; code <= 126; ++code) {
    const double middle = (e4m3(code - 1) + e4m3(code)) / 2;
    if (double{x} > middle || (double{x} == middle && code % 2 == 0)) best = code;
  }
  return best;
}

struct Group {
  int scale;
  std::vector<int> codes;
};

float absmax_of(std::span<const float> weights) {
  float most = 0;
  for (const float w : weights) most = std::max(most, std::abs(w));
  return most;
}

// Quantizes whole groups of 16, and compares every byte.
template <class OfGroup>
void check(std::string_view mode, const std::vector<float>& weights, const OfGroup& of_group) {
  CAPTURE(mode);
  const QuantizedMatrix q = quantized(mode, 16, row(weights));
  std::vector<int> scales, codes;
  for (std::size_t at = 0; at < weights.size(); at += 16) {
    const Group group = of_group(std::span(weights).subspan(at, 16));
    scales.push_back(group.scale);
    codes.insert(codes.end(), group.codes.begin(), group.codes.end());
  }
  CHECK(difference(numbers<std::uint8_t>(q.scales.numbers), scales) == "");
  CHECK(difference(nibbles(q.codes, q.size(), Packing::low_first), codes) == "");
}

// Normal weights and, so that ties occur, weights on a grid; the last group is of zeros.
std::vector<float> some_weights(bool grid) {
  std::vector<float> weights = random_values(16 * 300, 61);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (grid) weights[i] = std::nearbyint(weights[i] * 8) / 8;
    weights[i] *= static_cast<float>(1 + i / 16 % 7);
    if (i >= 16 * 299) weights[i] = 0;
  }
  return weights;
}

// Groups of every normal scale, whose weights lie at the ties of E2M1 but for roundings.
std::vector<float> weights_at_ties() {
  const float t = 3.7f / 2688.0f;
  std::vector<float> weights;
  for (int code = 8; code <= 126; ++code) {
    const float scale = static_cast<float>(e4m3(code)) * t;
    weights.insert(weights.end(), {6.0f * scale, 0.0f});
    for (const float tie : {0.25f, 0.75f, 1.25f, 1.75f, 2.5f, 3.5f, 5.0f})
      weights.insert(weights.end(), {tie * scale, -tie * scale});
  }
  return weights;
}

Group torchao_group(std::span<const float> group, float t) {
  Group out = {e4m3_code(std::max(absmax_of(group) / 6.0f / t, 0x1p-6f)), {}};
  for (const float w : group)
    out.codes.push_back(e2m1(w * (1.0f / t / static_cast<float>(e4m3(out.scale)))));
  return out;
}

TEST_CASE("nvfp4-torchao is torchao's steps: a floor of 2^-6, and two divisions in turn") {
  std::vector<std::vector<float>> inputs = {some_weights(false), some_weights(true)};
  for (std::vector<float>& weights : inputs)
    for (std::size_t i = 0; i < 64; ++i) weights[i] *= 1e-6f;  // below the floor
  inputs.push_back(weights_at_ties());
  for (const std::vector<float>& input : inputs)
    for (const float factor : {1.0f, 3.1f, 1e-12f}) {
      std::vector<float> weights = input;
      for (float& w : weights) w *= factor;
      const float t = absmax_of(weights) / 2688.0f;
      check("nvfp4-torchao", weights,
            [&](std::span<const float> group) { return torchao_group(group, t); });
    }
}

TEST_CASE("nvfp4-1l-torchao multiplies by the reciprocal of its one scale") {
  for (const float factor : {1.0f, 0.001f, 300.0f}) {
    std::vector<float> weights = some_weights(true);
    for (float& w : weights) w *= factor;
    check("nvfp4-1l-torchao", weights, [&](std::span<const float> group) {
      Group out = {e4m3_code(std::max(absmax_of(group) / 6.0f, 0x1p-6f)), {}};
      for (const float w : group)
        out.codes.push_back(e2m1(w * (1.0f / static_cast<float>(e4m3(out.scale)))));
      return out;
    });
  }
}

// The group by the scale, and its error in units of `unit`, summed in f32 and in order.
Group coded(std::span<const float> group, int scale, float t) {
  Group out = {scale, {}};
  for (const float w : group) out.codes.push_back(e2m1(w / (static_cast<float>(e4m3(scale)) * t)));
  return out;
}
float error(std::span<const float> group, const Group& by, float t, float unit) {
  float sum = 0;
  for (std::size_t i = 0; i < group.size(); ++i) {
    const float off =
        (value(by.codes[i]) * (static_cast<float>(e4m3(by.scale)) * t) - group[i]) / unit;
    sum += off * off;
  }
  return sum;
}
Group best(std::span<const float> group, const std::vector<int>& scales, float t) {
  Group found;
  float least = 0, unit = 0;
  for (const int scale : scales) {
    const Group now = coded(group, scale, t);
    if (found.codes.empty()) unit = static_cast<float>(e4m3(scale)) * t;
    const float sum = error(group, now, t, unit);
    if (found.codes.empty() || sum < least) {
      found = now;
      least = sum;
    }
  }
  return found;
}

TEST_CASE("nvfp4-46 scales a group to 6 or to 4, whichever errs less, 6 on ties") {
  for (const bool grid : {false, true}) {
    const std::vector<float> weights = some_weights(grid);
    const float t = absmax_of(weights) / 1536.0f;
    check("nvfp4-46", weights, [&](std::span<const float> group) {
      const auto scale = [&](float qmax) {
        const int code = e4m3_code(absmax_of(group) / (qmax * t));
        return code == 0 ? 0x38 : code;
      };
      return best(group, {scale(6), scale(4)}, t);
    });
  }
}

TEST_CASE("nvfp4-mse takes the best of ten scales, the lowest on ties") {
  for (const bool grid : {false, true}) {
    const std::vector<float> weights = some_weights(grid);
    const float t = absmax_of(weights) / 2688.0f;
    check("nvfp4-mse", weights, [&](std::span<const float> group) {
      const int middle = e4m3_code(absmax_of(group) / (6.0f * t));
      std::vector<int> scales;
      for (int c = std::max(middle - 4, 1); c <= std::min(middle + 5, 126); ++c)
        scales.push_back(c);
      return best(group, scales, t);
    });
  }
}

double sqnr(std::string_view mode) {
  return -10 * std::log10(error_on_normal(*find_mode(mode), 16).nmse());
}

TEST_CASE("nvfp4-46 has 21.2 dB on normal weights, and 45 % of its groups are scaled to 4",
          "[samples]") {
  CHECK(sqnr("nvfp4") == Approx(20.435).margin(0.01));
  CHECK(sqnr("nvfp4-46") == Approx(21.22).margin(0.015));
  CHECK(sqnr("nvfp4-mse") > sqnr("nvfp4-46"));
  const Matrix w = standard_normal(64, 4096, 3);
  const QuantizedMatrix q = quantized("nvfp4-46", 16, w);
  const auto codes = nibbles(q.codes, q.size(), Packing::low_first);
  int to_four = 0;
  for (std::size_t g = 0; g < codes.size(); g += 16)
    to_four += std::none_of(codes.begin() + static_cast<std::ptrdiff_t>(g),
                            codes.begin() + static_cast<std::ptrdiff_t>(g + 16),
                            [](int code) { return (code & 7) == 7; });
  CHECK(to_four / (static_cast<double>(codes.size()) / 16) == Approx(0.45).margin(0.01));
}

TEST_CASE("a tensor of zeros is zeros under every variant of nvfp4") {
  for (const Mode* mode : all_modes()) {
    if (mode->family != "nvfp4") continue;
    CAPTURE(mode->name);
    const std::vector<float> zeros(40, 0.0f);
    CHECK(dequantized(reference::quantize(*mode, 16, row(zeros))) == zeros);
  }
}

}  // namespace
}  // namespace qbench::test
