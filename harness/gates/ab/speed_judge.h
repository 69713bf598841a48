// SPDX-License-Identifier: Apache-2.0
// judge: paired times to verdicts, at a few looks that are fixed in advance.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/gates/ab/sign_test.h"
#include "reports/findings/finding.h"

namespace qbench {

// Over all looks and the rows of one family (cases are one, the means of suites another): the
// probability that a row that did not become slower by more than its threshold is called slow is
// `level` at most; the same for fast.
struct SpeedRule {
  double level = 0.01;
  double confidence = 0.99;  // of the interval that shows SAME
  std::vector<int> looks = {10, 20, 30, 60};
};

// ln(new / old), a number a pair.
using LogRatios = std::vector<double>;

// What a look says of each row, none where it cannot tell yet. `deltas` are the thresholds, of a
// ratio of 1: 0.03 for 3 %. SLOW and FAST: the exact sign test of the log ratios against
// ln(1 + delta), at level / looks, Holm over the rows. SAME: the interval of the median lies within
// +-ln(1 + delta).
std::vector<std::optional<Judgement>> look(std::span<const LogRatios> rows,
                                           std::span<const double> deltas, const SpeedRule& rule);

struct SpeedRow {
  std::string subject;      // the id of a case, or a suite's mean
  std::string_view family;  // rows of one family share the level
  double delta;             // the threshold
  LogRatios seconds = {};
  LogRatios cycles = {};  // of devices that count them; else empty
  std::optional<Judgement> judgement = {};
  int pairs = 0;  // after which it was judged
};

// Judges the rows that are not judged yet, after as many pairs as rule.looks say; a judgement is
// final. Where cycles are there they must say the same as the seconds. With `last` no look follows:
// what cycles do not confirm is CLOCK, what the seconds do not tell INCONCLUSIVE.
void judge(std::vector<SpeedRow>& rows, const SpeedRule& rule, bool last);

bool all_judged(std::span<const SpeedRow> rows);

// "+5.2 % (+4.1 to +6.0 %), cycles +5.1 %, threshold 3 %, 20 pairs": the median of the ratios and
// its interval; of cycles, where they are there, the median.
std::string describe(const SpeedRow& row, const SpeedRule& rule);

}  // namespace qbench
