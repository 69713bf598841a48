// SPDX-License-Identifier: Apache-2.0
// Compares a build with itself and measures the scatter.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>

#include "harness/gates/ab/calibration.h"
#include "harness/gates/ab/comparison.h"
#include "harness/measure/timing.h"
#include "harness/output/progress.h"

namespace qbench {
namespace {

constexpr int kMedians = 10, kPairs = 60;

// Medians of one row, each over 60 pairs of a build with itself.
struct Medians {
  RowKey key;
  std::vector<double> values = {};
};
using AllMedians = std::map<std::string, Medians>;  // keyed by RowKey::text

void add_medians(const Comparison& comparison, AllMedians& all) {
  for (std::size_t i = 0; i < comparison.rows().size(); ++i) {
    const RowKey& key = comparison.keys()[i];
    Medians& medians = all.try_emplace(key.text, Medians{key}).first->second;
    if (const LogRatios& ratios = comparison.rows()[i].seconds; !ratios.empty())
      medians.values.push_back(median(ratios));
  }
}

// The standard deviation about 0, the known mean.
double deviation(const std::vector<double>& medians) {
  double squares = 0;
  for (const double value : medians) squares += value * value;
  return std::sqrt(squares / static_cast<double>(std::max<std::size_t>(medians.size(), 1)));
}

void keep(const AllMedians& all, Calibration& calibration) {
  for (const auto& [text, medians] : all)
    calibration.set(medians.key, deviation(medians.values), medians.values.size());
  calibration.save();
}

void tell(const AllMedians& all, const Calibration& calibration) {
  for (const auto& [text, medians] : all)
    fmt::print(
        "{}: the median of 60 pairs scatters by {:.2f} % (1 sd), so {:.3g} % can be detected\n",
        medians.key.subject, 100 * std::expm1(deviation(medians.values)),
        100 * calibration.least(medians.key));
  fmt::print("kept in {}\n", calibration.file());
}

}  // namespace

int run_calibration(const Options& options) {
  const Side side = resolve_side(options.gate.old_text, options.sweep);
  PairRunner runner(side, side, options.sweep_arguments, options.sweep.seed, options.journal);
  Calibration calibration;
  AllMedians all;
  Progress progress(kMedians * kPairs, options.quiet, kPairs);
  for (int i = 0; i < kMedians; ++i) {
    Comparison comparison({}, [](const RowKey&) { return 0.0; });
    for (int pair = 0; pair < kPairs; ++pair) {
      progress.begin("pairs of processes");
      comparison.add(runner.next());
    }
    add_medians(comparison, all);
    if (all.empty()) throw std::runtime_error("no case of this sweep has a time");
    if (i > 0) keep(all, calibration);  // one median alone shows no scatter
  }
  tell(all, calibration);
  return 0;
}

}  // namespace qbench
