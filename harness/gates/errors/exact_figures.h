// SPDX-License-Identifier: Apache-2.0
// Compares errors and sizes of two sides exactly: these figures are the same on every machine.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "reports/findings/finding.h"
#include "reports/journal/journal.h"

namespace qbench {

bool is_exact_figure(std::string_view field);

// A finding with both files and hashes if the two runs used different real weights, or originals
// that their errors are against. Absent if a run did not record its hash: different paths alone
// prove nothing.
std::optional<Finding> other_weights(const Environment& before, const Environment& after);

// Findings of gate "errors" for one case: BREACH for each figure that grew, RECORDED for each that
// shrank, and a single SAME if none differs. If `other`, the weights differ and only sizes count.
std::vector<Finding> compare_errors(const Result& before, const Result& after, bool other = false);

// Findings for figures that differ in cases that passed on both sides, and for different weights.
// None of them is SAME.
std::vector<Finding> errors_apart(const JournalRun& before, const JournalRun& after);

}  // namespace qbench
