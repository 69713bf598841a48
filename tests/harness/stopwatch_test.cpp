// SPDX-License-Identifier: Apache-2.0
// measure on a trial whose every run takes the time that the test says.
#include "harness/stopwatch.h"

#include "tests/catch.h"

namespace qbench {
namespace {

class Scripted : public Trial {
 public:
  explicit Scripted(std::vector<double> seconds) : seconds_(std::move(seconds)) {}
  double run_once() override {
    return seconds_[static_cast<std::size_t>(runs_++) % seconds_.size()];
  }
  void poison() override {}
  const Matrix& output() override { return output_; }
  int runs() const { return runs_; }

 private:
  std::vector<double> seconds_;
  int runs_ = 0;
  Matrix output_;
};

}  // namespace

TEST_CASE("the median and the quartiles are those of all samples, whatever their order") {
  Scripted trial({5, 1, 4, 2, 3});
  const Timing timing = measure(trial, 1, 0);
  CHECK(timing.samples == 5);
  CHECK(trial.runs() == 5);
  CHECK(timing.min == 1);
  CHECK(timing.q1 == 2);
  CHECK(timing.median == 3);
  CHECK(timing.q3 == 4);
}

TEST_CASE("between two samples quantiles are linear") {
  Scripted trial({60, 10, 40, 20, 30, 50});
  const Timing timing = measure(trial, 1, 6);  // as many runs as fill 6 seconds
  CHECK(timing.samples == 6);
  CHECK(timing.q1 == 22.5);
  CHECK(timing.median == 35);
  CHECK(timing.q3 == 47.5);
}

TEST_CASE("there are 5 samples at least, as many as fill the time, and an end to them") {
  const auto samples = [](double estimate, double min_time) {
    Scripted trial({1e-9});
    return measure(trial, estimate, min_time).samples;
  };
  CHECK(samples(10, 0.1) == 5);
  CHECK(samples(0.25, 2.3) == 10);
  CHECK(samples(1e-9, 1) == 100000);
  CHECK(samples(0, 1) == 100000);
}

TEST_CASE("one measurement leaves nothing behind for the next") {
  Scripted first({1}), second({2});
  CHECK(measure(first, 1, 0).median == 1);
  CHECK(measure(second, 1, 0).median == 2);
  CHECK(first.runs() == 5);
}

}  // namespace qbench
