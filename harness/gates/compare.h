// SPDX-License-Identifier: Apache-2.0
// compare: two journals that were stored.
#pragma once

#include "harness/cli/options.h"
#include "reports/findings/finding.h"
#include "reports/journal/journal.h"

namespace qbench {

// Case by case, whichever run of a journal has it. Errors and sizes are compared exactly: what grew
// is a BREACH; not those of real weights where the hashes of the files differ. A case that only
// BASE has is INCOMPARABLE, one that only NEW has SKIPPED. Times are judged where the environments
// match and both sides hold 10 runs of the case or more (the i-th with the i-th, one look at all of
// them); in other environments they are SKIPPED, and with fewer runs INCONCLUSIVE.
std::vector<Finding> compare_journals(const std::vector<JournalRun>& base,
                                      const std::vector<JournalRun>& candidate);

// `qbench compare BASE NEW`. Returns the exit code of the findings.
int run_compare(const Options& options);

}  // namespace qbench
