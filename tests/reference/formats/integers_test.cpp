// SPDX-License-Identifier: Apache-2.0
// Integers of every width in groups, rows and whole matrices, symmetric and clipped; int4_test has
// the edges of the asymmetric ones.
#include <limits>

#include "tests/catch.h"
#include "tests/reference/matrices.h"

namespace qbench::test {
namespace {

struct Fit {
  float step, zero;
};

float nearest(float x) { return std::nearbyint(x); }

// A mode of integers as scalar code: its codes' ends, to what its range is scaled, its least step
// (0: a step of 0 is 1), and whether it has zero points.
struct Model {
  float lowest, highest, qmax, least;
  bool asymmetric;

  // The range times `factor`, its step in f16.
  Fit fit(std::span<const float> group, float factor) const {
    float low = 0, high = 0;
    for (const float w : group) low = std::min(low, w), high = std::max(high, w);
    const float range = asymmetric ? high * factor - low * factor : std::max(high, -low) * factor;
    float step = std::max(static_cast<float>(fp16(range / qmax)), least);
    if (step == 0) step = 1;
    const float zero = std::clamp(nearest(-(low * factor) / step), 0.0f, highest);
    return {step, asymmetric ? zero : 0};
  }
  float decoded(float w, Fit with) const {
    const float code = std::clamp(nearest(w / with.step) + with.zero, lowest, highest);
    return (code - with.zero) * with.step;
  }
  float squared_error(std::span<const float> group, Fit with) const {
    float all = 0;
    for (std::size_t first = 0; first < group.size(); first += 1024) {
      float piece = 0;
      for (std::size_t i = first; i < std::min(first + 1024, group.size()); ++i) {
        const float error = decoded(group[i], with) - group[i];
        piece += error * error;
      }
      all += piece;
    }
    return all;
  }
  // The range 1 - i / 40 of least squared error, the widest on ties.
  Fit clipped(std::span<const float> group) const {
    Fit best = fit(group, 1);
    for (int i = 1; i < 32; ++i) {
      const Fit next = fit(group, 1 - static_cast<float>(i) / 40);
      if (squared_error(group, next) < squared_error(group, best)) best = next;
    }
    return best;
  }
};

Model model_of(const Mode& mode) {
  const auto& codes = std::get<Integers>(mode.format.codec);
  const bool all_codes = codes.lowest < -codes.highest;
  const auto highest = static_cast<float>(codes.highest);
  return {static_cast<float>(codes.lowest), highest, all_codes ? highest + 0.5f : highest,
          all_codes ? std::numeric_limits<float>::epsilon() : 0, codes.lowest == 0};
}

std::vector<float> expected(const Mode& mode, const Matrix& weights, std::int64_t size) {
  const Model model = model_of(mode);
  const bool clips = std::holds_alternative<Clipping>(mode.quantizer.search);
  const std::int64_t line = size == kWholeTensor ? weights.size() : weights.cols;
  std::vector<float> out;
  for (std::int64_t start = 0; start < weights.size(); start += line)
    for (std::int64_t k = 0; k<line; k += size> 0 ? size : line) {
      const auto count = static_cast<std::size_t>(size > 0 ? std::min(size, line - k) : line);
      const std::span<const float> group(weights.values.data() + start + k, count);
      const Fit fit = clips ? model.clipped(group) : model.fit(group, 1);
      for (const float w : group) out.push_back(model.decoded(w, fit));
    }
  return out;
}

std::vector<const Mode*> integers_in_groups() {
  std::vector<const Mode*> modes;
  for (const Mode* mode : all_modes())
    if (mode->allows(kWholeRow) && mode->quantizer.rule == Rule::divide) modes.push_back(mode);
  return modes;
}

bool same(const StoredNumbers& a, const StoredNumbers& b) {
  return std::ranges::equal(a.numbers, b.numbers);
}
bool same(const QuantizedMatrix& a, const QuantizedMatrix& b) {
  return std::ranges::equal(a.codes, b.codes) && same(a.scales, b.scales) && same(a.zeros, b.zeros);
}

}  // namespace

TEST_CASE("integers of every width are the scalar model in groups, rows and whole matrices") {
  for (const Mode* mode : integers_in_groups())
    for (const int size : {16, 64, 4096, kWholeRow, kWholeTensor})
      for (const auto& [n, k] : {std::pair{1, 1}, {3, 77}, {4, 300}, {1, 2500}}) {
        CAPTURE(mode->name, size, n, k);
        const Matrix weights = matrix(n, k, random_values(n * k, 11));
        CHECK(difference(bits_of(dequantized(reference::quantize(*mode, size, weights))),
                         bits_of(expected(*mode, weights, size))) == "");
      }
}

TEST_CASE("the group of a row is one of at least k, that of a tensor one of a matrix of one row") {
  const Matrix weights = matrix(3, 77, random_values(3 * 77, 12));
  const Matrix flat = matrix(1, 3 * 77, weights.values);
  for (const Mode* mode : integers_in_groups()) {
    CAPTURE(mode->name);
    CHECK(same(reference::quantize(*mode, kWholeRow, weights),
               reference::quantize(*mode, 128, weights)));
    CHECK(same(reference::quantize(*mode, kWholeTensor, weights),
               reference::quantize(*mode, kWholeRow, flat)));
  }
}

TEST_CASE("clipping lowers the squared error, much at 2 bits and little at 8") {
  const Matrix weights = matrix(64, 1024, random_values(64 * 1024, 13));
  const auto error = [&](std::string_view mode) {
    const std::vector<float> decoded = dequantized(quantized(mode, 128, weights));
    double sum = 0;
    for (std::size_t i = 0; i < decoded.size(); ++i)
      sum += std::pow(static_cast<double>(decoded[i] - weights.values[i]), 2);
    return sum;
  };
  CHECK(error("int2-mse") < 0.6 * error("int2"));
  CHECK(error("int3-sym-mse") < 0.8 * error("int3-sym"));
  CHECK(error("int4-mse") < 0.95 * error("int4"));
  CHECK(error("int8-asym-mse") <= error("int8-asym"));
}

TEST_CASE(
    "compressed-tensors' codes reach the least one, and its steps the half above the highest") {
  const std::vector<float> ramp = {-7.5f, 7.5f, -6.5f, 2.5f, 6.5f, 0, 0.4f, -0.6f};
  CHECK(dequantized(quantized("int4-ct", 16, row(ramp))) ==
        std::vector<float>{-8, 7, -6, 2, 6, 0, 0, -1});
  const QuantizedMatrix wide = quantized("int8-ct", 16, row(std::vector{255.0f, -255.0f, 1.0f}));
  CHECK(dequantized(wide) == std::vector{254.0f, -256.0f, 0.0f});
  const QuantizedMatrix zeros = quantized("int4-ct", 16, row(std::vector{0.0f, -0.0f}));
  CHECK(numbers<std::uint16_t>(zeros.scales.numbers) == std::vector<std::uint16_t>{2});
  CHECK(dequantized(zeros) == std::vector{0.0f, 0.0f});
}

TEST_CASE("symmetric codes leave the least one out, and int8-row has an f32 step a row") {
  const std::vector<float> ramp = {-7, 7, -6.5f, 2.5f, 3.5f, 0, 0.4f, -0.6f};
  CHECK(dequantized(quantized("int4-sym", 16, row(ramp))) ==
        std::vector<float>{-7, 7, -6, 2, 4, 0, 0, -1});
  const QuantizedMatrix q = quantized("int8-row", 0, row(std::vector{254.0f, -3.0f, 1.0f}));
  CHECK(numbers<float>(q.scales.numbers) == std::vector{2.0f});
  CHECK(dequantized(q) == std::vector{254.0f, -4.0f, 0.0f});
  CHECK(dequantized(quantized("int8-row", 0, row(std::vector{0.0f, -0.0f}))) ==
        std::vector{0.0f, 0.0f});
}

}  // namespace qbench::test
