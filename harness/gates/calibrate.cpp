// SPDX-License-Identifier: Apache-2.0
// Comparisons of a build with itself, and what they scatter by.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>

#include "harness/gates/calibration.h"
#include "harness/gates/comparison.h"
#include "harness/progress.h"
#include "harness/timing.h"

namespace qbench {
namespace {

// The medians of 60 pairs of a build with itself, by subject.
using Medians = std::map<std::string, std::vector<double>>;

void add_medians(const Comparison& comparison, Medians& medians) {
  for (const SpeedRow& row : comparison.rows()) {
    std::vector<double> sorted = row.seconds;
    std::ranges::sort(sorted);
    medians[row.subject].push_back(quantile(sorted, 0.5));
  }
}

// About 0, which it is known to scatter around.
double deviation(const std::vector<double>& medians) {
  double squares = 0;
  for (const double median : medians) squares += median * median;
  return std::sqrt(squares / static_cast<double>(medians.size()));
}

void keep(const Medians& medians, Calibration& calibration) {
  for (const auto& [subject, values] : medians) {
    calibration.set(subject, deviation(values), static_cast<int>(values.size()));
    fmt::print(
        "{}: one standard deviation of the median of 60 pairs is {:.2f} %, so {:.3g} % can be "
        "told\n",
        subject, 100 * std::expm1(deviation(values)), 100 * calibration.least(subject));
  }
  calibration.save();
  fmt::print("kept in {}\n", calibration.file());
}

}  // namespace

int run_calibration(const Options& options) {
  constexpr int kMedians = 10, kPairs = 60;
  const Side side = resolve_side(options.gate.old_side, options.sweep);
  PairRunner runner(side, side, options.sweep_arguments, options.sweep.seed, options.journal);
  Calibration calibration;
  Medians medians;
  Progress progress(kMedians * kPairs, kPairs);
  for (int median = 0; median < kMedians; ++median) {
    Comparison comparison({}, [](const std::string&) { return 0.0; });
    for (int pair = 0; pair < kPairs; ++pair) {
      progress.begin("pairs of processes");
      comparison.add(runner.next());
    }
    add_medians(comparison, medians);
  }
  if (medians.empty()) throw std::runtime_error("no case of this sweep has a time");
  keep(medians, calibration);
  return 0;
}

}  // namespace qbench
