// SPDX-License-Identifier: Apache-2.0
// Errors and sizes of two sides: figures that are the same on every machine, compared exactly.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "reports/findings/finding.h"
#include "reports/journal/journal.h"

namespace qbench {

bool is_exact_figure(std::string_view field);

// The two runs were on other real weights: says so, with file and hash of either. Nothing where a
// run does not tell its hash: where the file lies is no difference.
std::optional<Finding> other_weights(const Environment& before, const Environment& after);

// Findings of gate "errors" of one case: what grew is a BREACH, what shrank RECORDED, and one that
// is SAME where no figure differs. Of `other` weights sizes alone are compared.
std::vector<Finding> compare_errors(const Result& before, const Result& after, bool other = false);

// Findings for the figures that differ in cases that passed on both sides, and for other weights;
// none is SAME.
std::vector<Finding> errors_apart(const JournalRun& before, const JournalRun& after);

}  // namespace qbench
