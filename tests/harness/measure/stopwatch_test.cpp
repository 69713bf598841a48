// SPDX-License-Identifier: Apache-2.0
// measure on a trial whose every run takes the time that the test says, on a clock that the test
// winds.
#include "harness/measure/stopwatch.h"

#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

#include "harness/measure/timing_noise.h"
#include "tests/catch.h"
#include "tests/harness/fakes.h"

namespace qbench {
namespace {

using namespace test;

// Runs that take `seconds` in turn. Of each, `reported` is reported, and `outside` elapses outside
// of it.
class Scripted : public Trial {
 public:
  explicit Scripted(std::vector<double> seconds) : seconds_(std::move(seconds)) { fake_now = 0; }
  double run_once() override {
    const double seconds = seconds_[static_cast<std::size_t>(runs_++) % seconds_.size()];
    fake_now += seconds + outside(runs_);
    return reported(seconds);
  }
  void poison() override {}
  const Matrix& output() override { return output_; }
  int loops() const { return runs_; }

  std::function<double(double)> reported = [](double seconds) { return seconds; };
  std::function<double(int)> outside = [](int) { return 0.0; };  // of the number of the run

 private:
  std::vector<double> seconds_;
  int runs_ = 0;
  Matrix output_;
};

constexpr Watch kWhole = {.whole = true, .clock = fake_seconds};
constexpr Watch kPart = {.whole = false, .clock = fake_seconds};

Timing timed(Trial& trial, double estimate, double min_time) {
  return measure(trial, estimate, min_time, kWhole);
}

// Why there is no time, or empty.
std::string refusal(Trial& trial, const Watch& watch = kWhole, double min_time = 0) {
  try {
    measure(trial, 1, min_time, watch);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

Scripted lying(std::function<double(double)> reported, double seconds = 1e-3) {
  Scripted trial({seconds});
  trial.reported = std::move(reported);
  return trial;
}

}  // namespace

TEST_CASE("the median and the quartiles are those of all samples, whatever their order") {
  Scripted trial({5, 1, 4, 7, 2, 6, 3});
  const Timing timing = timed(trial, 1, 0);
  CHECK(timing.samples == 7);
  CHECK(trial.loops() == 7);
  CHECK(timing.min == 1);
  CHECK(timing.q1 == 2.5);
  CHECK(timing.median == 4);
  CHECK(timing.q3 == 5.5);
}

TEST_CASE("between two samples quantiles are linear") {
  Scripted trial({60, 10, 40, 20, 30, 50, 80, 70});
  const Timing timing = timed(trial, 1, 8);  // as many runs as fill 8 seconds
  CHECK(timing.samples == 8);
  CHECK(timing.q1 == 27.5);
  CHECK(timing.median == 45);
  CHECK(timing.q3 == 62.5);
}

TEST_CASE("there are 7 samples at least, as many as fill the time, and an end to them") {
  const auto samples = [](double estimate, double min_time) {
    Scripted trial({1e-9});
    return timed(trial, estimate, min_time).samples;
  };
  CHECK(samples(10, 0.1) == 7);
  CHECK(samples(0.25, 2.3) == 10);
  CHECK(samples(1e-9, 1) == 100000);
  CHECK(samples(0, 1) == 100000);
}

TEST_CASE("one measurement leaves nothing behind for the next") {
  Scripted first({1}), second({2});
  CHECK(timed(first, 1, 0).median == 1);
  CHECK(timed(second, 1, 0).median == 2);
  CHECK(first.loops() == 7);
}

TEST_CASE("a trial that throws ends the measurement with what it threw, and the next is its own") {
  Scripted failing({1}), next({2});
  failing.outside = [](int run) -> double {
    if (run == 3) throw DeviceOutOfMemory("no room");
    return 0;
  };
  CHECK_THROWS_AS(timed(failing, 1, 100), DeviceOutOfMemory);
  CHECK(failing.loops() == 3);
  CHECK(timed(next, 1, 0).median == 2);
  CHECK(failing.loops() == 3);
}

TEST_CASE("a clock that tells no time is refused at once, whatever else the trial does") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double reported : {0.0, -1e-3, kInfinity, -kInfinity, std::nan("")})
    for (const Watch& watch : {kWhole, kPart}) {
      Scripted trial = lying([=](double) { return reported; });
      CHECK(refusal(trial, watch).find("the kernel's clock shows ") == 0);
      CHECK(trial.loops() == 1);
    }
}

TEST_CASE("a clock that shows more than has passed is refused, and the reason tells both") {
  Scripted tenfold = lying([](double seconds) { return 10 * seconds; });
  CHECK(refusal(tenfold) == "the kernel's clock shows 0.01 s where 0.001 s have passed");
  CHECK(refusal(tenfold, kPart) == "the kernel's clock shows 0.01 s where 0.001 s have passed");
  Scripted little = lying([](double seconds) { return 1.02 * seconds; });
  CHECK_FALSE(refusal(little).empty());
}

TEST_CASE("a clock that shows far less is refused where a run does nothing beside what it times") {
  Scripted tenth = lying([](double seconds) { return seconds / 10; });
  CHECK(refusal(tenth) == "the kernel's clock shows 0.0001 s where 0.001 s have passed");
  CHECK(refusal(tenth, kPart).empty());
}

TEST_CASE("a clock that lies is found out after 7 runs, however many it would take") {
  Scripted tenth = lying([](double seconds) { return seconds / 10; });
  CHECK_FALSE(refusal(tenth, kWhole, 1e6).empty());
  CHECK(tenth.loops() == 7);
}

TEST_CASE("a clock that turns to lies after 7 runs is refused at the end") {
  Scripted trial({1e-3});
  trial.reported = [&](double seconds) { return trial.loops() <= 7 ? seconds : 10 * seconds; };
  CHECK_FALSE(refusal(trial, kWhole, 20).empty());
  CHECK(trial.loops() == 20);
}

TEST_CASE("a clock of other crystals is believed") {
  for (const double rate : {0.99, 1.009}) {
    Scripted trial = lying([=](double seconds) { return rate * seconds; });
    CHECK(refusal(trial).empty());
  }
}

TEST_CASE("tiny trials are believed: readings of clocks take longer than they do") {
  Scripted trial({2e-7});
  trial.outside = [](int) { return 4e-6; };
  CHECK(refusal(trial).empty());
  Scripted coarse = lying([](double) { return 1e-6; }, 1e-8);  // ticks of a microsecond
  CHECK(refusal(coarse).empty());
}

TEST_CASE("on a busy machine honest trials are believed, interrupted within and between readings") {
  Scripted within({1e-6, 4e-3, 1e-6, 8e-3, 2e-2, 4e-3, 1e-6});
  within.outside = [](int run) { return run % 3 == 0 ? 0.1 : 1e-6; };
  CHECK(refusal(within).empty());
  Scripted steady({1e-3});
  steady.outside = [](int run) { return run <= 6 ? 1.0 : 0.0; };  // 6 of 7 between readings
  CHECK(refusal(steady).empty());
}

TEST_CASE("a clock that is right in fewer than one run of seven is refused") {
  Scripted trial({1e-3});
  trial.reported = [&](double seconds) { return trial.loops() % 8 == 1 ? seconds : seconds / 10; };
  CHECK_FALSE(refusal(trial, kWhole, 800).empty());
  Scripted often({1e-3});
  often.reported = [&](double seconds) { return often.loops() % 7 == 1 ? seconds : seconds / 10; };
  CHECK(refusal(often, kWhole, 700).empty());
}

TEST_CASE("turns share out the samples, each after a run that does not count") {
  Scripted trial({1});
  Stopwatch stopwatch(trial, 1, 30, kWhole, 10);
  int turns = 0;
  for (; !stopwatch.done(); ++turns) stopwatch.turn();
  CHECK(turns == 10);
  CHECK(trial.loops() == 30 + 10);
  CHECK(stopwatch.timing().samples == 30);
  Scripted slow({1});
  Stopwatch few(slow, 1, 0, kWhole, 10);
  for (turns = 0; !few.done(); ++turns) few.turn();
  CHECK(turns == 3);  // of 3, 3 and 1
  CHECK(few.timing().samples == 7);
}

double half_the_time() { return fake_now / 2; }

TEST_CASE("the share of its CPU time that a trial got is that of its samples") {
  Scripted trial({1, 2, 3, 4, 5, 6, 7});
  const Watch watch{.whole = true, .clock = fake_seconds, .cpu_clock = half_the_time};
  const Timing timing = measure(trial, 1, 0, watch);
  CHECK(timing.cpu_share.value() == Approx(0.5));
  CHECK(timing.cpu_seconds.value() == Approx(2));
  CHECK_FALSE(timed(trial, 1, 0).cpu_seconds.has_value());
}

TEST_CASE("a time is noisy by its share of the CPU, its quartiles or its least") {
  const Timing quiet{.median = 1,
                     .min = 0.5,
                     .q1 = 0.9,
                     .q3 = 1.15,
                     .samples = 7,
                     .cpu_seconds = 1,
                     .cpu_share = 0.8};
  CHECK(noise_of(quiet).empty());
  Timing t = quiet;
  t.cpu_share = 0.79;
  CHECK(noise_of(t) == "it got 79 % of its CPU time");
  t = quiet;
  t.q3 = 1.16;
  CHECK(noise_of(t) == "its quartiles are 26 % apart");
  t = quiet;
  t.min = 0.49;
  CHECK(noise_of(t) == "its median is 2.0 times the least");
  t.cpu_share = 0.5;
  CHECK(noise_of(t) == "it got 50 % of its CPU time, its median is 2.0 times the least");
}

TEST_CASE("the steady clock tells an honest trial's time") {
  class Spinning : public Scripted {
   public:
    Spinning() : Scripted({}) {}
    double run_once() override {
      const double start = steady_seconds();
      while (steady_seconds() - start < 1e-5) continue;
      return steady_seconds() - start;
    }
  } trial;
  CHECK(measure(trial, 1, 0, {.whole = true}).min >= 1e-5);
}

}  // namespace qbench
