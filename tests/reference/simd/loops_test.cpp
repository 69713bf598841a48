// SPDX-License-Identifier: Apache-2.0
// The loops over runs of every length against one number after the other, at every instruction set
// of this machine.
#include "reference/simd/loops.h"

#include <array>
#include <cfloat>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/catch.h"

namespace qbench::reference {
namespace {

constexpr std::size_t kLongest = 70;

// Runs of this length from several places of these numbers, so that each is met in every lane.
std::vector<std::vector<float>> runs_of(std::size_t count) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float numbers[] = {0.5f, -0.0f,   NAN,   -3.0f, 1e-40f, 2.0f, -NAN,  -kInfinity, 0.0f,
                           3.0f, -2e-39f, 1.25f, -0.5f, 3e38f,  1.0f, -1.0f, kInfinity,  7.0f};
  std::vector<std::vector<float>> runs;
  for (std::size_t first = 0; first < std::size(numbers); ++first) {
    std::vector<float> run;
    for (std::size_t i = 0; i < count; ++i)
      run.push_back(numbers[(first + i) % std::size(numbers)]);
    runs.push_back(run);
  }
  runs.emplace_back(count, NAN);
  runs.emplace_back(count, -0.0f);
  return runs;
}

// check(loops, run) for every instruction set and length.
template <class Check>
void for_every_run(const Check& check) {
  for (const SimdLoops* loops : all_loops())
    for (std::size_t count = 0; count <= kLongest; ++count)
      for (const std::vector<float>& run : runs_of(count)) {
        CAPTURE(loops->name, count);
        check(*loops, run);
      }
}

double tree(const std::array<double, 8>& lane) {
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

TEST_CASE("the absmax of a run is that of its numbers, subnormals aside where they are flushed") {
  for_every_run([](const SimdLoops& loops, const std::vector<float>& run) {
    for (const bool flush : {false, true}) {
      float most = -1;
      for (const float x : run) {
        const float magnitude = std::abs(x);
        if (magnitude == magnitude)
          most = std::fmax(most, flush && magnitude < FLT_MIN ? 0.0f : magnitude);
      }
      CHECK(loops.absmax(run.data(), run.size(), flush, -1) == most);
    }
  });
}

TEST_CASE("the first place of a magnitude is found, whatever its sign, or none") {
  for_every_run([](const SimdLoops& loops, const std::vector<float>& run) {
    for (const float magnitude : {0.0f, 0.5f, 3.0f, 9.0f, std::numeric_limits<float>::infinity()}) {
      std::size_t first = 0;
      while (first < run.size() && std::abs(run[first]) != magnitude) ++first;
      CHECK(loops.find_magnitude(run.data(), run.size(), magnitude) == first);
    }
  });
}

TEST_CASE("the range of a run is that of its numbers, and none where nothing is a number") {
  for_every_run([](const SimdLoops& loops, const std::vector<float>& run) {
    float low = FLT_MAX, high = -FLT_MAX;
    bool any = false;
    for (const float x : run) {
      if (std::isnan(x)) continue;
      low = any ? std::fmin(low, x) : x;
      high = any ? std::fmax(high, x) : x;
      any = true;
    }
    const Range found = loops.range(run.data(), run.size());
    CHECK(found.low == low);
    CHECK(found.high == high);
  });
}

TEST_CASE("magnitudes above a number are added in eight lanes, and counted") {
  for_every_run([](const SimdLoops& loops, const std::vector<float>& run) {
    for (const float above : {-1.0f, 0.0f, 1.0f}) {
      std::array<double, 8> lanes = {};
      std::int64_t count = 0;
      for (std::size_t i = 0; i < run.size(); ++i)
        if (std::abs(run[i]) > above) lanes[i % 8] += std::abs(double{run[i]}), ++count;
      const Magnitudes found = loops.sum_abs(run.data(), run.size(), above);
      CHECK(found.sum == tree(lanes));
      CHECK(found.count == count);
    }
  });
}

TEST_CASE("errors and signals are squared and added in eight lanes, and the largest error kept") {
  for_every_run([](const SimdLoops& loops, const std::vector<float>& run) {
    std::vector<float> near(run.size());
    for (std::size_t i = 0; i < run.size(); ++i)
      near[i] = i % 5 == 4 ? run[run.size() - 1 - i] : run[i] * 0.75f;
    std::array<double, 8> error = {}, signal = {};
    double largest = 0;
    for (std::size_t i = 0; i < run.size(); ++i) {
      const double value = run[i], difference = double{near[i]} - value;
      error[i % 8] += difference * difference;
      signal[i % 8] += value * value;
      if (!(std::abs(difference) <= largest))
        largest = std::isnan(largest) ? NAN : std::abs(difference);
    }
    const std::vector<double> wide(run.begin(), run.end());
    for (const StretchErrors& found : {loops.errors(run.data(), near.data(), run.size()),
                                       loops.output_errors(wide.data(), near.data(), run.size())}) {
      CHECK(same(found.error, tree(error)));
      CHECK(same(found.signal, tree(signal)));
      CHECK(same(found.largest, largest));
    }
  });
}

}  // namespace qbench::reference
