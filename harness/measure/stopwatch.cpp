// SPDX-License-Identifier: Apache-2.0
// Google Benchmark runs the trial and decides nothing but the loop: every single run is kept as a
// sample, which its own reports do not show.
#include "harness/measure/stopwatch.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <exception>

#include "reference/simd/parallel.h"

namespace qbench {
namespace {

// Pairs are compared by the minimum of these. If every other run is interrupted, all 7 are in only
// one of 2^7 measurements.
constexpr std::int64_t kLeastSamples = 7;
static_assert(kLeastSamples >= kRuns, "clocks are judged by as many");
constexpr std::int64_t kMostSamples = 100000;

// Prints nothing, because reports are made from the journal.
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

// At least three samples a turn: one warm-up per sample would double the time of slow trials.
std::int64_t samples_of_turn(std::int64_t samples, int most_turns) {
  const std::int64_t turns = std::clamp<std::int64_t>((samples + 2) / 3, 1, most_turns);
  return (samples + turns - 1) / turns;
}

}  // namespace

Stopwatch::Stopwatch(Trial& trial, double estimate, double min_time, const Watch& watch, int turns)
    : trial_(trial),
      watch_(watch),
      left_(iterations(estimate, min_time)),
      turn_(samples_of_turn(left_, turns)) {}

// Checks the clock as early as possible, since a trial that reports too little would run far too
// often.
double Stopwatch::sample() {
  const double start = watch_.clock();
  reported_.push_back(trial_.run_once());
  elapsed_.push_back(watch_.clock() - start);
  check_run(reported_.back(), elapsed_.back());
  if (reported_.size() == kLeastSamples) check_runs(reported_, elapsed_, watch_.whole);
  return reported_.back();
}

void Stopwatch::turn(bool warm_up) {
  std::exception_ptr failure;  // rethrown below: Google Benchmark lets no exception through
  const auto loop = [&](benchmark::State& state) {
    const Used before = used();
    for (auto _ : state) try {
        state.SetIterationTime(sample());
      } catch (...) {
        failure = std::current_exception();
        state.SkipWithError("failed");
        break;
      }
    const Used after = used();
    used_.cpu += after.cpu - before.cpu;
    used_.possible += after.possible - before.possible;
  };
  if (warm_up) trial_.run_once();
  const std::int64_t samples = std::min(left_, turn_);
  benchmark::RegisterBenchmark("trial", loop)->UseManualTime()->Iterations(samples);
  Silent silent;
  benchmark::RunSpecifiedBenchmarks(&silent);
  benchmark::ClearRegisteredBenchmarks();
  if (failure) std::rethrow_exception(failure);
  left_ -= samples;
}

Stopwatch::Used Stopwatch::used() const {
  return {.cpu = watch_.cpu_clock ? watch_.cpu_clock() : 0,
          .possible = watch_.clock() + reference::helper_seconds()};
}

Timing Stopwatch::timing() const {
  check_runs(reported_, elapsed_, watch_.whole);
  Timing timing = summarize(reported_);
  if (!watch_.cpu_clock) return timing;
  timing.cpu_seconds = used_.cpu / static_cast<double>(reported_.size());
  timing.cpu_share = used_.cpu / used_.possible;
  return timing;
}

Timing measure(Trial& trial, double estimate, double min_time, const Watch& watch) {
  Stopwatch stopwatch(trial, estimate, min_time, watch, 1);
  stopwatch.turn(false);
  return stopwatch.timing();
}

}  // namespace qbench
