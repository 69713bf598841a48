// SPDX-License-Identifier: Apache-2.0
// Verb report: writes any report of stored journals.
#pragma once

#include "harness/cli/options.h"
#include "reports/journal/journal.h"

namespace qbench {

// Drops the results that do not match --filter.
void keep_matching(std::vector<JournalRun>& runs, const std::string& filter);

// Runs `qbench report JOURNAL... --report FORMAT[=FILE]` on the cases that match --filter. Returns
// 1 if a report could not be written. Throws std::runtime_error if a journal cannot be read or no
// case matches.
int run_report(const Options& options);

}  // namespace qbench
