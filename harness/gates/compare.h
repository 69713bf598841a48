// SPDX-License-Identifier: Apache-2.0
// Verb compare: two stored journals.
#pragma once

#include "harness/cli/options.h"
#include "reports/findings/finding.h"
#include "reports/journal/journal.h"

namespace qbench {

// Compares case by case, across all runs of each journal.
//
// Errors and sizes are compared exactly, and growth is a BREACH. Errors of real weights are
// compared only if the hashes of their files agree. A case that only BASE has is INCOMPARABLE, one
// that only NEW has is SKIPPED.
//
// Times are judged if the environments match and both sides have at least 10 runs of the case: run
// i is paired with run i, and one look judges all pairs. They are SKIPPED in different environments
// and INCONCLUSIVE with fewer runs.
std::vector<Finding> compare_journals(const std::vector<JournalRun>& base,
                                      const std::vector<JournalRun>& candidate);

// Runs `qbench compare BASE NEW`. Returns the exit code of the findings.
int run_compare(const Options& options);

}  // namespace qbench
