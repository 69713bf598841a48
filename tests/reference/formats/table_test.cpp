// SPDX-License-Identifier: Apache-2.0
// Properties of every mode of the table, whatever it is: codes, thresholds, scales and groups are
// those that its description says.
#include <set>

#include "tests/catch.h"
#include "tests/reference/formats/described.h"

namespace qbench::test {
namespace {

std::vector<const Mode*> quantized_modes() {
  std::vector<const Mode*> out;
  std::ranges::copy_if(all_modes(), std::back_inserter(out), &Mode::quantized);
  return out;
}

std::vector<int> sizes(const Mode& mode) {
  if (mode.block_sizes.empty()) return {0};
  return {mode.block_sizes.begin(), mode.block_sizes.end()};
}
int least_size(const Mode& mode) { return sizes(mode).front(); }

// Weights times a power of two in groups that have it as their step: each begins with the anchors.
struct Anchored {
  std::vector<float> weights, scaled;  // one a weight
};

Anchored anchored(const Mode& mode, int zero, int exponent, const std::vector<float>& scaled) {
  const std::vector<float> anchors = described::anchors(mode, zero);
  const std::size_t size = least_size(mode) == 0 ? scaled.size() + anchors.size()
                                                 : static_cast<std::size_t>(least_size(mode));
  Anchored out;
  for (const float x : scaled) {
    if (out.scaled.size() % size == 0)
      out.scaled.insert(out.scaled.end(), anchors.begin(), anchors.end());
    out.scaled.push_back(x);
  }
  for (const float x : out.scaled) out.weights.push_back(std::ldexp(x, exponent));
  return out;
}

// The scaled numbers that change no scale beside the anchors.
std::vector<float> within(const Mode& mode, int zero, std::vector<float> scaled) {
  const float most = described::most_beside_anchors(mode);
  std::erase_if(scaled, [&](float x) {
    const float shifted = x + static_cast<float>(zero);
    return mode.format.zero == Zero::none ? std::abs(x) > most : shifted < 0 || shifted > most;
  });
  return scaled;
}

// True where no code has the value to which the largest weight is scaled.
bool lacks_qmax(const Mode& mode) {
  const auto* codes = std::get_if<Integers>(&mode.format.codec);
  return codes && static_cast<float>(codes->highest) == mode.quantizer.qmax - 0.5f;
}

constexpr int kExponents[] = {0, -3, 5};

// True where a search takes another scale for weights beside the grid, or where products of
// reciprocals do not meet the step exactly.
bool takes_another_scale(const Mode& mode) {
  return !std::holds_alternative<std::monostate>(mode.quantizer.search) ||
         mode.quantizer.rule == Rule::multiply_by_reciprocals;
}

// True where the largest weight of a group alone gives it the step that is asked for.
bool takes_steps(const Mode& mode) {
  const Statistic statistic = mode.quantizer.statistic;
  return std::holds_alternative<std::monostate>(mode.quantizer.search) &&
         mode.format.packing != Packing::trits &&
         (statistic == Statistic::absmax || statistic == Statistic::min_max);
}

// Calls check(mode, zero, exponent) for every mode of the table that takes steps.
template <class Check>
void for_each_step(Check check) {
  for (const Mode* mode : quantized_modes())
    if (takes_steps(*mode))
      for (const int zero : described::zero_points(*mode))
        for (const int exponent : kExponents) {
          CAPTURE(mode->name, zero, exponent);
          check(*mode, zero, exponent);
        }
}

}  // namespace

TEST_CASE("every value of a mode's grid is its own code, and decodes as the description says") {
  for_each_step([](const Mode& mode, int zero, int exponent) {
    std::vector<float> values;
    for (int code = 0; code < 1 << mode.format.bits; ++code)
      if (const double value = described::value(mode, code) - zero; std::isfinite(value))
        values.push_back(static_cast<float>(value));
    values = within(mode, zero, values);
    const Anchored given = anchored(mode, zero, exponent, values);
    const QuantizedMatrix q = quantized(mode.name, least_size(mode), row(given.weights));
    std::vector<int> expected;
    std::vector<float>
        decoded;  // the weights, but for anchors that lie half a step beyond all codes
    for (const float x : given.scaled) {
      expected.push_back(described::code_of(mode, double{x}, zero));
      const float most = lacks_qmax(mode) ? mode.quantizer.qmax - 0.5f : x;
      decoded.push_back(std::ldexp(std::min(x, most), exponent));
    }
    CHECK(dequantized(q) == decoded);
    CHECK(difference(described::codes_of(q), expected) == "");
    const std::set<int> seen(expected.begin(), expected.end());
    CHECK(seen.size() + 1 >= values.size());  // -0 of some is never written
  });
}

TEST_CASE("every code that a mode can hold decodes to its value times the step, written or not") {
  for_each_step([](const Mode& mode, int zero, int exponent) {
    const std::vector<float> zeros(600, 0.0f);  // more than 256 bytes of either width
    const Anchored given = anchored(mode, zero, exponent, zeros);
    QuantizedMatrix q = quantized(mode.name, least_size(mode), row(given.weights));
    for (std::size_t i = 0; i < q.codes.size(); ++i) q.codes[i] = std::byte(i * 23 + 1);
    const std::vector<float> decoded = dequantized(q);
    for (std::int64_t i = 0; i < q.size(); ++i) {
      const double value = described::value(mode, described::code_at(q, i)) - zero;
      CAPTURE(i, described::code_at(q, i));
      const auto expected = static_cast<float>(std::ldexp(value, exponent));
      const float actual = decoded[static_cast<std::size_t>(i)];
      if (std::isnan(value) ? !std::isnan(actual) : actual != expected)
        FAIL(decoded[static_cast<std::size_t>(i)] << ", expected " << std::ldexp(value, exponent));
    }
  });
}

TEST_CASE("every threshold and both its neighbours have the codes that the description says") {
  for_each_step([](const Mode& mode, int zero, int exponent) {
    if (takes_another_scale(mode)) return;
    std::vector<float> candidates = {0.0f, -0.0f, 0x1p-100f, -0x1p-100f};
    for (float threshold : described::thresholds(mode)) {
      threshold -= static_cast<float>(zero);
      candidates.insert(candidates.end(), {below(threshold), threshold, above(threshold)});
    }
    candidates = within(mode, zero, candidates);
    REQUIRE(candidates.size() >= std::size_t{3} << (mode.format.bits - 1));
    const Anchored given = anchored(mode, zero, exponent, candidates);
    const QuantizedMatrix q = quantized(mode.name, least_size(mode), row(given.weights));
    std::vector<int> expected;
    for (const float w : given.weights) {
      const float taken = rounded_to(mode.quantizer.weights_through, double{w});
      expected.push_back(described::code_of(mode, std::ldexp(double{taken}, -exponent), zero));
    }
    CHECK(difference(described::codes_of(q), expected) == "");
  });
}

TEST_CASE("bytes and bits per parameter are those of the description, one off every group's end") {
  for (const Mode* mode : all_modes())
    for (const int size : sizes(*mode))
      for (const std::int64_t cols : {1, size - 1, size, size + 1, 2 * size + 1, 257})
        for (const std::int64_t rows : {1, 2, 3}) {
          if (cols < 1) continue;
          CAPTURE(mode->name, size, rows, cols);
          const QuantizedMatrix q(mode->format, size, rows, cols);
          const std::int64_t bytes = described::bytes(*mode, size, rows, cols);
          CHECK(q.weight_bytes() + q.scale_bytes() == bytes);
          CHECK(q.bits_per_param() ==
                8.0 * static_cast<double>(bytes) / static_cast<double>(rows * cols));
        }
}

namespace {

// Makes a group special in one of several ways, by its number; some stay plain.
void make_special(std::span<float> group, std::size_t number) {
  const std::size_t kind = number % 8;
  if (kind == 1) std::ranges::fill(group, 0.0f);
  if (kind == 2) std::ranges::fill(group, -0.0f);
  if (kind == 3) group[group.size() / 2] = kNan;
  if (kind == 4) group.back() = kInf;
  if (kind == 5) group.front() = -kInf;
  if (kind == 6) std::ranges::fill(group, kNan);
}

// Where the two differ, where NaN equals NaN.
std::string difference_of_floats(std::vector<float> actual, std::vector<float> expected) {
  for (auto* values : {&actual, &expected})
    for (float& value : *values)
      if (std::isnan(value)) value = kNan;
  return difference(bits_of(actual), bits_of(expected));
}

void check_groups(const Mode& mode, int size, std::int64_t rows, std::int64_t cols, bool special) {
  CAPTURE(mode.name, size, rows, cols, special);
  if (mode.format.granularity == Granularity::tile) return;  // tiles_test
  // A search that ends by the error of all groups, or scales that they share, decide on the codes.
  if (std::holds_alternative<HalfQuadratic>(mode.quantizer.search)) return;
  if (mode.format.scale.outer && mode.quantizer.codes_from == CodesFrom::stored_scale) return;
  std::vector<float> weights = random_values(rows * cols, 31);
  const auto groups = described::groups(mode, size, rows, cols);
  for (std::size_t g = 0; g < groups.size() && special; ++g)
    make_special(
        std::span(weights).subspan(static_cast<std::size_t>(groups[g].begin),
                                   static_cast<std::size_t>(groups[g].end - groups[g].begin)),
        g);
  const QuantizedMatrix whole = quantized(mode.name, size, matrix(rows, cols, weights));
  const std::vector<int> codes = described::codes_of(whole);
  const std::vector<float> decoded = dequantized(whole);
  for (const auto& [begin, end] : groups) {
    CAPTURE(begin, end);
    const QuantizedMatrix alone =
        quantized(mode.name, size,
                  row(std::span(weights).subspan(static_cast<std::size_t>(begin),
                                                 static_cast<std::size_t>(end - begin))));
    CHECK(difference(std::vector(codes.begin() + begin, codes.begin() + end),
                     described::codes_of(alone)) == "");
    if (mode.format.scale.outer) continue;  // its scales depend on those of other groups
    CHECK(difference_of_floats({decoded.begin() + begin, decoded.begin() + end},
                               dequantized(alone)) == "");
  }
}

}  // namespace

TEST_CASE("a group has the codes and weights that it has alone, whatever stands around it") {
  for (const Mode* mode : quantized_modes()) {
    const int size = least_size(*mode);
    for (const std::int64_t cols : {1, 2, size - 1, size, size + 1, 3 * size + 2, 101})
      for (const std::int64_t rows : {1, 2, 9})
        for (const bool special : {false, true})
          if (cols > 0) check_groups(*mode, size, rows, cols, special);
  }
}

TEST_CASE("every block size of every mode cuts its groups where the description says") {
  for (const Mode* mode : quantized_modes())
    for (const int size : sizes(*mode)) {
      check_groups(*mode, size, 1, size < 0 ? 77 : size + 1, false);
      check_groups(*mode, size, 3, size - 1 > 0 ? size - 1 : 5, false);
    }
}

TEST_CASE("zeros of either sign decode to zeros in every mode, alone and beside other groups") {
  for (const Mode* mode : all_modes())
    for (const float zero : {0.0f, -0.0f})
      for (const std::int64_t count : {1, 31, 32, 129}) {
        CAPTURE(mode->name, zero, count);
        const std::vector<float> zeros(static_cast<std::size_t>(count), zero);
        const QuantizedMatrix q = quantized(mode->name, mode->block_size, row(zeros));
        CHECK(dequantized(q) == zeros);
      }
}

TEST_CASE("NaN among weights changes no other code, in every mode") {
  for (const Mode* mode : quantized_modes()) {
    CAPTURE(mode->name);
    std::vector<float> weights = random_values(200, 32);
    for (const std::size_t at : {0, 31, 77, 199}) weights[at] = 0;
    std::vector<int> expected =
        described::codes_of(quantized(mode->name, mode->block_size, row(weights)));
    for (const std::size_t at : {0, 31, 77, 199}) weights[at] = at % 2 == 0 ? kNan : -kNan;
    std::vector<int> codes =
        described::codes_of(quantized(mode->name, mode->block_size, row(weights)));
    for (const std::size_t at : {0, 31, 77, 199}) codes[at] = expected[at] = 0;
    CHECK(difference(codes, expected) == "");
  }
}

// True where the largest weight may come back smaller, and with it the scale of the tensor.
bool searches_under_outer(const Mode& mode) {
  const auto* candidates = std::get_if<ScaleCandidates>(&mode.quantizer.search);
  return candidates && candidates->other_qmax == 0 && mode.format.scale.outer;
}

TEST_CASE("a second round trip of what was decoded changes no code, but those of the two zeros") {
  for (const Mode* mode : quantized_modes()) {
    if (mode->format.zero != Zero::none) continue;  // its range shrinks where an end is not reached
    if (searches_under_outer(*mode) || lacks_qmax(*mode)) continue;
    if (finds_codes(mode->quantizer.search)) continue;  // another unit, another search
    CAPTURE(mode->name);
    const auto values = [&](const std::vector<float>& weights, std::vector<float>& decoded) {
      const QuantizedMatrix q = quantized(mode->name, mode->block_size, matrix(7, 300, weights));
      decoded = dequantized(q);
      std::vector<double> out;
      for (const int code : described::codes_of(q)) out.push_back(described::value(*mode, code));
      return out;
    };
    std::vector<float> decoded, again;
    const std::vector<double> once = values(random_values(2100, 33), decoded);
    const bool same_codes = values(decoded, again) == once;
    // Under a power of two of less, codes are larger and weights the same.
    const bool power = std::holds_alternative<PowerOfTwo>(mode->format.scale.storage.codec);
    CHECK((power ? decoded == again : same_codes));
  }
}

}  // namespace qbench::test
