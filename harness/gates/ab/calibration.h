// SPDX-License-Identifier: Apache-2.0
// Calibration: the smallest change of speed that this machine can detect, from comparisons of a
// build with itself.
#pragma once

#include <optional>
#include <string>

#include "harness/cli/options.h"
#include "harness/gates/ab/comparison.h"
#include "harness/gates/errors/ledger.h"

namespace qbench {

class Calibration {
 public:
  // Reads that of this machine (its CPU, cores and GPUs) from the cache folder; empty if the
  // machine was never calibrated.
  Calibration();
  explicit Calibration(std::string file);

  // The smallest detectable change: 3 %, or three standard deviations of the median of 60 pairs if
  // that is more.
  double least(const RowKey& key) const;
  bool knows(const RowKey& key) const { return entries_.contains(key.text); }

  // `wish`, or least(key) without one. Throws std::invalid_argument if the wish is smaller.
  double threshold(const RowKey& key, std::optional<double> wish) const;

  // Stores the standard deviation of the log ratios' median, estimated from so many medians.
  void set(const RowKey& key, double standard_deviation, std::size_t medians);
  void save() const;
  const std::string& file() const { return file_; }

 private:
  std::string file_;
  Ledger entries_;
};

// Runs `qbench ab OLD --calibrate`: compares OLD with itself in 600 pairs and saves the scatter of
// each row and mean of the sweep. Returns the exit code.
int run_calibration(const Options& options);

}  // namespace qbench
