// SPDX-License-Identifier: Apache-2.0
// Calibration: the least change of speed that this machine can tell, from comparisons of a build
// with itself.
#pragma once

#include <optional>
#include <string>

#include "harness/cli/options.h"
#include "harness/gates/ab/comparison.h"
#include "harness/gates/errors/ledger.h"

namespace qbench {

class Calibration {
 public:
  // Of this machine (its CPU, cores and GPUs), in the cache folder; empty where it was never
  // calibrated.
  Calibration();
  explicit Calibration(std::string file);

  // 3 %, or three standard deviations of the median of 60 pairs, whichever is more.
  double least(const RowKey& key) const;
  bool knows(const RowKey& key) const { return entries_.contains(key.text); }

  // `wish`, or the least; throws std::invalid_argument where the wish is finer.
  double threshold(const RowKey& key, std::optional<double> wish) const;

  // Of the logarithms of ratios; `medians` is how many of them it is of.
  void set(const RowKey& key, double standard_deviation, std::size_t medians);
  void save() const;
  const std::string& file() const { return file_; }

 private:
  std::string file_;
  Ledger entries_;
};

// `qbench ab OLD --calibrate`: 600 pairs of OLD with itself, and what they say about each row and
// mean of the sweep, kept. Returns the exit code.
int run_calibration(const Options& options);

}  // namespace qbench
