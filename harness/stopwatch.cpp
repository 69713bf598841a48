// SPDX-License-Identifier: Apache-2.0
// Google Benchmark runs the trial and decides nothing but the loop: every single run is kept as a
// sample, which its own reports do not show.
#include "harness/stopwatch.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <vector>

namespace qbench {
namespace {

// Pairs are compared by the minimum of these: where every other run is interrupted, all 7 are in
// one of 2^7 measurements, where 5 were in one of 32.
constexpr std::int64_t kLeastSamples = 7;
static_assert(kLeastSamples >= kRuns, "clocks are judged by as many");
constexpr std::int64_t kMostSamples = 100000;

// Nothing is printed here: reports are made from the journal.
class Silent : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}
};

std::int64_t iterations(double estimate, double min_time) {
  const double wanted =
      estimate > 0 ? std::ceil(min_time / estimate) : static_cast<double>(kMostSamples);
  return std::clamp(static_cast<std::int64_t>(std::min(wanted, 1e9)), kLeastSamples, kMostSamples);
}

class Samples {
 public:
  Samples(Trial& trial, const Watch& watch) : trial_(trial), watch_(watch) {}

  // One more, in seconds. The clock is judged as soon as it can be: a trial that tells too little
  // would be run far too often.
  double take() {
    const double start = watch_.clock();
    told_.push_back(trial_.run_once());
    passed_.push_back(watch_.clock() - start);
    check_run(told_.back(), passed_.back());
    if (told_.size() == kLeastSamples) check_runs(told_, passed_, watch_.whole);
    return told_.back();
  }

  Timing timing() const {
    check_runs(told_, passed_, watch_.whole);
    return summarize(told_);
  }

 private:
  Trial& trial_;
  const Watch watch_;
  std::vector<double> told_, passed_;
};

}  // namespace

Timing measure(Trial& trial, double estimate, double min_time, const Watch& watch) {
  Samples samples(trial, watch);
  std::exception_ptr failure;  // Google Benchmark lets none through
  const auto loop = [&](benchmark::State& state) {
    for (auto _ : state) try {
        state.SetIterationTime(samples.take());
      } catch (...) {
        failure = std::current_exception();
        state.SkipWithError("failed");
        break;
      }
  };
  benchmark::RegisterBenchmark("trial", loop)
      ->UseManualTime()
      ->Iterations(iterations(estimate, min_time));
  Silent silent;
  benchmark::RunSpecifiedBenchmarks(&silent);
  benchmark::ClearRegisteredBenchmarks();
  if (failure) std::rethrow_exception(failure);
  return samples.timing();
}

}  // namespace qbench
