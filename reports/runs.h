// SPDX-License-Identifier: Apache-2.0
// Several runs in one report.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/journal.h"

namespace qbench {

// The last result of every case, at the place of its first; a result without a case stays.
std::vector<Result> last_runs(std::span<const Result> results);

// One line where a case was run more than once, or empty.
std::string runs_note(std::span<const Result> results);

// The conditions of all runs: names in the order of their first, values that differ joined by
// " | ".
Environment merged(std::span<const JournalRun> runs);

}  // namespace qbench
