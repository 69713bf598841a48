// SPDX-License-Identifier: Apache-2.0
// What a change of speed may be: thresholds, and what a slower row may be traded for.
#pragma once

#include <optional>
#include <string>

#include "harness/gates/ab/speed_judge.h"
#include "reports/result.h"

namespace qbench {

// A slower row is allowed where any of what is given was gained, and it is not slower by more than
// `slowest`.
struct Trade {
  std::optional<double> sqnr_db = {};  // of the output, or of the weights where there is none
  std::optional<double> bits_per_param = {};  // saved
  double slowest = 1;                         // of the time, less 1: 1 is twice as long
};

// What was gained and suffices ("SQNR +1.2 dB"), or empty.
std::string gained(const Trade& trade, const Result& before, const Result& after);

struct SpeedPolicy {
  SpeedRule rule = {};
  std::optional<double> threshold = {};  // that is wished for; none: the least that can be told
  Trade trade = {};
};

}  // namespace qbench
