// SPDX-License-Identifier: Apache-2.0
// Groups that are longer than the part that a thread takes: their statistics are those of the whole
// group. Codes of every width, entered at every element and cut at every bit.
#include <limits>

#include "reference/formats/gguf.h"
#include "reference/formats/ternary.h"
#include "reference/simd/parallel.h"
#include "tests/catch.h"
#include "tests/formats/floats.h"
#include "tests/formats/integers.h"
#include "tests/reference/matrices.h"

namespace qbench::test {
namespace {

using reference::kPart;

// Two rows, each a group of more than three parts.
constexpr std::int64_t kCols = 3 * kPart + 5;

// Elements on both sides of each seam, and the ends.
constexpr std::int64_t kPlaces[] = {0, kPart - 1, kPart, 2 * kPart + 1, 3 * kPart, kCols - 1};

Mode of_rows(Mode mode) {
  mode.format.granularity = Granularity::row;
  mode.block_size = 0;
  mode.block_sizes = {};
  return mode;
}

Mode of_tensor(Mode mode) {
  mode = of_rows(mode);
  mode.format.granularity = Granularity::tensor;
  return mode;
}

std::vector<float> round_trip(const Mode& mode, const Matrix& weights) {
  return dequantized(reference::quantize(mode, 0, weights));
}

// Zeros with one value at each of two places of both rows, the second row twice as large.
Matrix with(std::int64_t a, float at_a, std::int64_t b, float at_b) {
  Matrix out(2, kCols);
  std::ranges::fill(out.values, 0.0f);
  for (const std::int64_t row : {0, 1}) {
    const auto start = static_cast<std::size_t>(row * kCols),
               scale = static_cast<std::size_t>(row + 1);
    out.values[start + static_cast<std::size_t>(a)] = at_a * static_cast<float>(scale);
    out.values[start + static_cast<std::size_t>(b)] = at_b * static_cast<float>(scale);
  }
  return out;
}

// Calls check(first, second) for two different places, the first before the second.
template <class Check>
void for_each_pair(Check check) {
  for (const std::int64_t first : kPlaces)
    for (const std::int64_t second : kPlaces)
      if (first < second) {
        CAPTURE(first, second);
        check(first, second);
      }
}

void check_kept(const Mode& mode, const Matrix& weights) {
  const std::vector<float> decoded = round_trip(mode, weights);
  CHECK(std::ranges::equal(decoded, weights.values));
}

}  // namespace

TEST_CASE("the range of a long group reaches from its least to its greatest in any of its parts") {
  const Mode range = of_rows(kQ4_1), with_zero = of_rows(as_data::asymmetric(4));
  for_each_pair([&](std::int64_t first, std::int64_t second) {
    for (const Mode* mode : {&range, &with_zero}) {
      check_kept(*mode, with(first, -7, second, 8));
      check_kept(*mode, with(first, 8, second, -7));
    }
  });
}

TEST_CASE("a long group of one sign has its own least and greatest, not those of 0") {
  Matrix weights = with(kPart, 15, kCols - 1, 0);
  for (std::size_t i = 0; i < weights.values.size(); ++i)
    weights.values[i] += 32.0f * (i / kCols == 0 ? 1 : 2);
  check_kept(of_rows(kQ4_1), weights);
}

TEST_CASE("a part of a long group in which nothing is a number leaves its range alone") {
  Matrix weights = with(kPart, 15, kCols - 1, 0);
  for (std::size_t i = 0; i < weights.values.size(); ++i) weights.values[i] += 32.0f;
  const std::vector<float> expected(weights.values.begin(), weights.values.end());
  constexpr std::size_t kNanBegin = 1024, kNanEnd = 2048;  // one piece of a statistic
  std::fill(weights.values.begin() + kNanBegin, weights.values.begin() + kNanEnd,
            std::numeric_limits<float>::quiet_NaN());
  const std::vector<float> decoded = round_trip(of_rows(kQ4_1), weights);
  for (std::size_t i = 0; i < decoded.size(); ++i)
    if (i < kNanBegin || i >= kNanEnd) REQUIRE(decoded[i] == expected[i]);
}

TEST_CASE("the signed absmax of a long group is the first that reaches it, in whichever part") {
  const Mode mode = of_rows(kQ4_0);
  for_each_pair([&](std::int64_t first, std::int64_t second) {
    for (const float sign : {1.0f, -1.0f}) {
      const Matrix weights = with(first, 8 * sign, second, -8 * sign);
      const std::vector<float> decoded = round_trip(mode, weights);
      for (const std::int64_t row : {0, 1}) {
        const float scale = sign * static_cast<float>(row + 1);
        CHECK(decoded[static_cast<std::size_t>(row * kCols + first)] == 8 * scale);
        CHECK(decoded[static_cast<std::size_t>(row * kCols + second)] == -7 * scale);  // saturates
      }
    }
  });
}

TEST_CASE("the absmax of a long group is the largest of all its parts, whatever its sign") {
  const Mode mode = of_rows(as_data::absmax(8, as_data::symmetric(127), 127));
  for_each_pair([&](std::int64_t first, std::int64_t second) {
    check_kept(mode, with(first, 127, second, 3));
    check_kept(mode, with(first, 3, second, -127));
    check_kept(*find_mode("int8"), with(first, 127, second, -127));
  });
}

TEST_CASE("the mean magnitude of a long group takes in every part once") {
  const Mode ternary = of_rows(kB158), whole = of_tensor(kB158);
  for (const std::int64_t place : kPlaces) {
    CAPTURE(place);
    Matrix weights(2, kCols);
    std::ranges::fill(weights.values, 1.0f);
    // The mean of one row becomes 3, of both 2.
    weights.values[static_cast<std::size_t>(place)] = -static_cast<float>(2 * kCols + 1);
    const std::vector<float> rows = round_trip(ternary, weights);
    CHECK(rows[static_cast<std::size_t>(place)] == -3.0f);
    CHECK(rows[static_cast<std::size_t>(kCols + place)] == 1.0f);
    CHECK(round_trip(whole, weights)[static_cast<std::size_t>(place)] == -2.0f);
  }
}

namespace {

// Integers of each width; 3, 5, 6 and 7 bits cross bytes.
std::vector<Mode> modes_of_every_width() {
  std::vector<Mode> out;
  for (int bits = 1; bits <= 8; ++bits) {
    out.push_back(as_data::asymmetric(bits));
    if (bits > 1)
      out.push_back(as_data::absmax(bits, as_data::symmetric((1 << (bits - 1)) - 1),
                                    static_cast<float>((1 << (bits - 1)) - 1)));
  }
  out.push_back(*find_mode("nf4"));  // the other order of nibbles
  return out;
}

}  // namespace

TEST_CASE("codes of every width are decoded from any element on as in the whole") {
  for (const Mode& mode : modes_of_every_width()) {
    const std::int64_t n = 3 * 37;
    const QuantizedMatrix q = reference::quantize(mode, 32, matrix(3, 37, random_values(n, 41)));
    const std::vector<float> all = dequantized(q);
    for (std::int64_t first = 0; first < n; ++first)
      for (std::int64_t count = 1; first + count <= n; ++count) {
        std::vector<float> part(static_cast<std::size_t>(count));
        reference::dequantize(q, first, count, part.data());
        if (!std::equal(part.begin(), part.end(), all.begin() + first))
          FAIL(mode.format.bits << " bits: " << count << " elements from " << first);
      }
  }
}

TEST_CASE(
    "rows that begin within a byte, and parts that end within a row, are those of the row alone") {
  constexpr std::int64_t kRowLength = kPart / 2 + 5;
  const std::vector<float> values = random_values(5 * kRowLength, 42);
  for (const Mode& of_groups : modes_of_every_width()) {
    const Mode mode = of_rows(of_groups);
    CAPTURE(mode.format.bits, mode.format.zero == Zero::point);
    const std::vector<float> whole = round_trip(mode, matrix(5, kRowLength, values));
    for (std::int64_t r = 0; r < 5; ++r) {
      const auto start = static_cast<std::size_t>(r * kRowLength);
      const std::vector<float> alone =
          round_trip(mode, row(std::span(values).subspan(start, kRowLength)));
      if (!std::equal(alone.begin(), alone.end(), whole.begin() + r * kRowLength))
        FAIL("row " << r);
    }
  }
}

}  // namespace qbench::test
