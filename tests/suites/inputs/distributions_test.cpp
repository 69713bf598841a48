// SPDX-License-Identifier: Apache-2.0
// Random inputs: golden bits, independence of threads, and the distributions that they claim,
// within 5 sigma.
#include "suites/inputs/distributions.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "reference/simd/parallel.h"
#include "suites/inputs/random.h"
#include "tests/catch.h"

namespace qbench {
namespace {

constexpr std::int64_t kCount = 1 << 22;

// The mean of f(value) over `values`.
template <class F>
double mean(const std::vector<double>& values, F f) {
  double sum = 0;
  for (const double value : values) sum += f(value);
  return sum / static_cast<double>(values.size());
}

// |measured - expected| in standard errors, given the variance of one observation.
double sigmas(double measured, double expected, double variance) {
  return std::abs(measured - expected) / std::sqrt(variance / kCount);
}

std::vector<double> numbers(void (RandomStream::*sequence)(std::int64_t, std::span<double>) const,
                            std::uint64_t seed = 1) {
  std::vector<double> values(kCount);
  (RandomStream{seed, 0}.*sequence)(0, values);
  return values;
}

void check_tail(const std::vector<double>& values, double beyond, double probability) {
  CAPTURE(beyond);
  const double share = mean(values, [=](double x) { return x > beyond || x < -beyond; });
  CHECK(sigmas(share, probability, probability * (1 - probability)) < 5);
}

TEST_CASE("Philox gives the known answers of its authors") {
  using Four = std::array<std::uint32_t, 4>;
  CHECK(philox({0, 0, 0, 0}, {0, 0}) == Four{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}) ==
        Four{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Four{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("normal numbers are Box and Muller's of the bits, as the mathematical library has them") {
  std::vector<double> values(20000);
  RandomStream{7, 3}.normal(0, values);
  double largest = 0;
  for (std::size_t pair = 0; pair < values.size() / 2; ++pair) {
    const auto r = philox({static_cast<std::uint32_t>(pair), 0, 3, 0}, {7, 0});
    const std::uint64_t a = r[0] | std::uint64_t{r[1]} << 32, b = r[2] | std::uint64_t{r[3]} << 32;
    const double u = 1 - static_cast<double>(a >> 12) * 0x1p-52;
    const double radius = std::sqrt(-2 * std::log(u));
    const double f = static_cast<double>(b << 2 >> 12) * 0x1p-52 - 0.5;
    double c = std::cos(f * std::acos(-1.) / 2), s = std::sin(f * std::acos(-1.) / 2);
    if (b >> 63) std::swap(c, s);
    const double sign = b >> 62 & 1 ? -1 : 1;
    largest = std::max({largest, std::abs(values[2 * pair] - sign * radius * c),
                        std::abs(values[2 * pair + 1] - sign * radius * s)});
  }
  CHECK(largest < 1e-11);
}

TEST_CASE("normal numbers have the moments and tails of N(0, 1)") {
  const std::vector<double> values = numbers(&RandomStream::normal);
  CHECK(sigmas(mean(values, [](double x) { return x; }), 0, 1) < 5);
  CHECK(sigmas(mean(values, [](double x) { return x * x; }), 1, 2) < 5);
  CHECK(sigmas(mean(values, [](double x) { return x * x * x; }), 0, 15) < 5);
  CHECK(sigmas(mean(values, [](double x) { return x * x * x * x; }), 3, 96) < 5);
  for (const double beyond : {0.1, 0.5, 1., 2., 3., 4., 4.5})
    check_tail(values, beyond, std::erfc(beyond / std::sqrt(2.)));
  // Neighbours, of one pair and of two, are independent.
  for (const std::size_t lag : {1u, 2u}) {
    double sum = 0;
    for (std::size_t i = lag; i < values.size(); ++i) sum += values[i] * values[i - lag];
    CHECK(sigmas(sum / kCount, 0, 1) < 5);
  }
}

TEST_CASE("Student's t of 5 degrees has its variance and tails") {
  const std::vector<double> values = numbers(&RandomStream::student_t5);
  CHECK(sigmas(mean(values, [](double x) { return x; }), 0, 5. / 3) < 5);
  CHECK(sigmas(mean(values, [](double x) { return std::abs(x); }), 0.9490167, 5. / 3 - 0.9006327) <
        5);
  // The quantiles of tables of the distribution.
  check_tail(values, 2.570582, 0.05);
  check_tail(values, 4.032143, 0.01);
  check_tail(values, 6.868827, 0.001);
}

TEST_CASE("uniform numbers fill (-1, 1) evenly") {
  const std::vector<double> values = numbers(&RandomStream::uniform);
  CHECK(sigmas(mean(values, [](double x) { return x; }), 0, 1. / 3) < 5);
  CHECK(sigmas(mean(values, [](double x) { return x * x; }), 1. / 3, 4. / 45) < 5);
  for (const double beyond : {0.01, 0.5, 0.99, 0.9999}) check_tail(values, beyond, 1 - beyond);
  CHECK(*std::max_element(values.begin(), values.end()) < 1);
  CHECK(*std::min_element(values.begin(), values.end()) > -1);
}

TEST_CASE("seeds and streams are independent of each other") {
  std::vector<double> a(kCount), b(kCount), c(kCount);
  RandomStream{1, 0}.normal(0, a);
  RandomStream{2, 0}.normal(0, b);
  RandomStream{1, 1}.normal(0, c);
  double ab = 0, ac = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += a[i] * b[i];
    ac += a[i] * c[i];
  }
  CHECK(sigmas(ab / kCount, 0, 1) < 5);
  CHECK(sigmas(ac / kCount, 0, 1) < 5);
}

constexpr Input kAll[] = {Input::normal, Input::student_t, Input::uniform, Input::outliers};

TEST_CASE("weights have variance 1 / k whatever their shape") {
  for (const Input input : {Input::normal, Input::student_t, Input::uniform}) {
    CAPTURE(name(input));
    const Matrix w = make_weights(input, 2048, 2048, 5);
    double sum = 0;
    for (const float value : w.values) sum += static_cast<double>(value) * value;
    const double kurtosis = input == Input::student_t ? 9 : input == Input::normal ? 3 : 1.8;
    CHECK(sigmas(sum, 2048, (kurtosis - 1) * 2048 * 2048) < 5);
  }
}

TEST_CASE("outliers are the normal numbers, 20 times larger in the same columns of x and W") {
  const std::int64_t k = 64;
  const Matrix normal = make_weights(Input::normal, 33, k, 9),
               large = make_weights(Input::outliers, 33, k, 9);
  const Matrix x = make_activations(Input::normal, 5, k, 9),
               large_x = make_activations(Input::outliers, 5, k, 9);
  int columns = 0;
  for (std::int64_t c = 0; c < k; ++c) {
    const bool outlier = large.row(0)[c] != normal.row(0)[c];
    columns += outlier;
    for (std::int64_t r = 0; r < 33; ++r)
      CHECK(large.row(r)[c] == Approx((outlier ? 20 : 1) * normal.row(r)[c]).epsilon(1e-6));
    for (std::int64_t r = 0; r < 5; ++r)
      CHECK(large_x.row(r)[c] == Approx((outlier ? 20 : 1) * x.row(r)[c]).epsilon(1e-6));
  }
  CHECK(columns == 4);
  CHECK(make_weights(Input::outliers, 1, 3, 9).row(0)[2] ==
        Approx(20 * make_weights(Input::normal, 1, 3, 9).row(0)[2]).epsilon(1e-6));
}

TEST_CASE(
    "adapters have variances 1 / k and 1 / rank, gradients 1, and none repeats another input") {
  const reference::Adapter adapter = make_adapter({4096, 2048}, 2048, 5);
  CHECK((adapter.a.rows == 2048 && adapter.a.cols == 2048));
  CHECK((adapter.b.rows == 4096 && adapter.b.cols == 2048));
  CHECK(adapter.rank() == 2048);
  CHECK(adapter.scale == 16.0f / 2048);
  const Matrix g = make_gradient(2048, 2048, 5);
  const auto sum = [](const Matrix& one, const Matrix& other) {
    double all = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(kCount); ++i)
      all += static_cast<double>(one.values[i]) * static_cast<double>(other.values[i]);
    return all;
  };
  CHECK(sigmas(sum(adapter.a, adapter.a), 2048, 2.0 * 2048 * 2048) < 5);
  CHECK(sigmas(sum(adapter.b, adapter.b), 2048, 2.0 * 2048 * 2048) < 5);
  CHECK(sigmas(sum(g, g) / kCount, 1, 2) < 5);
  const Matrix w = make_weights(Input::normal, 2048, 2048, 5),
               x = make_activations(Input::normal, 2048, 2048, 5);
  CHECK(sigmas(sum(adapter.a, w) / 2048, 0, 1) < 5);
  CHECK(sigmas(sum(adapter.a, adapter.b) / 2048, 0, 1) < 5);
  CHECK(sigmas(sum(g, x) / kCount, 0, 1) < 5);
}

TEST_CASE("inputs are the same bits at any number of threads") {
  for (const Input input : kAll) {
    CAPTURE(name(input));
    const reference::WithThreads one(1);
    const Matrix w = make_weights(input, 77, 1001, 3), x = make_activations(input, 7, 1001, 3);
    for (const int threads : {2, 3, 7}) {
      const reference::WithThreads several(threads);
      CHECK(make_weights(input, 77, 1001, 3).values == w.values);
      CHECK(make_activations(input, 7, 1001, 3).values == x.values);
    }
  }
}

// Computed apart, from the definition, with Python's mathematical library.
TEST_CASE("inputs have the bits that they have everywhere") {
  const auto last = [](const Matrix& m) { return m.values.back(); };
  CHECK(last(make_weights(Input::normal, 77, 1001, 3)) == 0x1.049b8p-6f);
  CHECK(last(make_weights(Input::student_t, 77, 1001, 3)) == -0x1.05f9acp-9f);
  CHECK(last(make_weights(Input::uniform, 77, 1001, 3)) == -0x1.7bd504p-5f);
  CHECK(last(make_activations(Input::normal, 7, 1001, 3)) == 0x1.ef2d8cp-4f);
  CHECK(make_weights(Input::normal, 4096, 11008, 1).values[0] == 0x1.55d886p-7f);
}

}  // namespace
}  // namespace qbench
