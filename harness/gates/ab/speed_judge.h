// SPDX-License-Identifier: Apache-2.0
// Judges paired times, at a few looks that are fixed in advance.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/gates/ab/sign_test.h"
#include "reports/findings/finding.h"

namespace qbench {

// Bounds on false verdicts. `level` is the probability, over all looks and all rows of one family
// (the cases, or the means of suites), that any row is called SLOW although it did not become
// slower by more than its threshold; the same holds for FAST.
struct SpeedRule {
  double level = 0.01;
  double confidence = 0.99;  // confidence of the interval that proves SAME
  std::vector<int> looks = {10, 20, 30, 60};
};

// ln(new / old), one number per pair.
using LogRatios = std::vector<double>;

// The verdicts of one look, one per row; none if undecided. `deltas` are the thresholds: 0.03 for 3
// %.
//   SLOW  exact sign test of the log ratios against ln(1 + delta), at level / looks, Holm over rows
//   FAST  the same of the negated log ratios
//   SAME  the interval of the median lies within +-ln(1 + delta)
std::vector<std::optional<Judgement>> look(std::span<const LogRatios> rows,
                                           std::span<const double> deltas, const SpeedRule& rule);

struct SpeedRow {
  std::string subject;      // the id of a case, or a suite's mean
  std::string_view family;  // rows of one family share `level`
  double delta;             // threshold
  LogRatios seconds = {};
  LogRatios cycles = {};  // empty unless the device counts cycles
  std::optional<Judgement> judgement = {};
  int pairs = 0;  // number of pairs it was judged after
};

// Judges the rows that are still undecided, after one of the numbers of pairs in rule.looks; a
// judgement is final. Cycles, if counted, must agree with the seconds. `last` means that no look
// follows: a verdict that cycles do not confirm becomes CLOCK, an undecided row INCONCLUSIVE.
void judge(std::vector<SpeedRow>& rows, const SpeedRule& rule, bool last);

bool all_judged(std::span<const SpeedRow> rows);

// "+5.2 % (+4.1 to +6.0 %), cycles +5.1 %, threshold 3 %, 20 pairs": the median of the ratios with
// its interval, and the median of cycles if they are counted.
std::string describe(const SpeedRow& row, const SpeedRule& rule);

}  // namespace qbench
