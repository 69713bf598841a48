// SPDX-License-Identifier: Apache-2.0
// Google Benchmark runs the trial and decides nothing but the loop: every single run is kept as a
// sample, which its own reports do not show.
#include "harness/stopwatch.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace qbench {
namespace {

constexpr std::int64_t kLeastSamples = 5;
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

}  // namespace

Timing measure(Trial& trial, double estimate, double min_time) {
  std::vector<double> samples;
  benchmark::RegisterBenchmark("trial",
                               [&](benchmark::State& state) {
                                 for (auto _ : state) {
                                   samples.push_back(trial.run_once());
                                   state.SetIterationTime(samples.back());
                                 }
                               })
      ->UseManualTime()
      ->Iterations(iterations(estimate, min_time));
  Silent silent;
  benchmark::RunSpecifiedBenchmarks(&silent);
  benchmark::ClearRegisteredBenchmarks();
  return summarize(std::move(samples));
}

}  // namespace qbench
