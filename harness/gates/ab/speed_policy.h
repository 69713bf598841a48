// SPDX-License-Identifier: Apache-2.0
// SpeedPolicy: the thresholds of a change of speed, and the gains that excuse a slower row.
#pragma once

#include <optional>
#include <string>

#include "harness/gates/ab/speed_judge.h"
#include "reports/result.h"

namespace qbench {

// A slower row is allowed if at least one of the gains below was reached and it is slower by no
// more than `slowest`.
struct Trade {
  std::optional<double> sqnr_db = {};         // gain of the output, or else of the weights
  std::optional<double> bits_per_param = {};  // bits saved
  double slowest = 1;                         // ratio of times - 1: 1 is twice as long
};

// The gain that suffices, as in "SQNR +1.2 dB"; empty if none does.
std::string gained(const Trade& trade, const Result& before, const Result& after);

struct SpeedPolicy {
  SpeedRule rule = {};
  std::optional<double> threshold = {};  // as wished; none: the smallest detectable
  Trade trade = {};
};

}  // namespace qbench
