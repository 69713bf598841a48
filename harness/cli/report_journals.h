// SPDX-License-Identifier: Apache-2.0
// report: any report of journals that were stored.
#pragma once

#include "harness/cli/options.h"
#include "reports/journal/journal.h"

namespace qbench {

// Drops the results that do not match --filter.
void keep_matching(std::vector<JournalRun>& runs, const std::string& filter);

// `qbench report JOURNAL... --report FORMAT[=FILE]`, of the cases that --filter leaves. Returns 1
// where a report could not be written. Throws std::runtime_error where a journal cannot be read or
// no case is left.
int run_report(const Options& options);

}  // namespace qbench
