// SPDX-License-Identifier: Apache-2.0
// Decides which cases of two sides can be compared, and makes findings of the others.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/findings/finding.h"
#include "reports/journal/journal.h"

namespace qbench {

const Result* find(const JournalRun& run, std::string_view id);  // nullptr if absent

bool is_on_cpu(const Result& result);

// The seconds of a case in one process. CPU: the minimum of its runs, since noise only adds. GPU:
// the median of the samples whose clock was accepted.
std::optional<double> seconds_of(const Result& result);
bool timed(const Result* result);       // true if it passed and has seconds
std::string time_text(double seconds);  // "12.5 us"

// A finding about a whole case. A BREACH is always one of gate "errors".
Finding case_finding(std::string gate, Judgement judgement, const Result& result,
                     std::string reason);

// A finding if a case of the new side cannot be compared with that of the old one.
std::optional<Finding> why_apart(const std::string& gate, const Result* before,
                                 const Result& after);

// The finding for a case that only the new side has.
Finding appeared(const std::string& gate, const Result& after);

// The finding for a case that only the old side has: INCOMPARABLE, or SKIPPED if it was skipped
// there. Absent for the row of an unusable tensor, which is not a case.
std::optional<Finding> missing(const std::string& gate, const Result& before);

// Findings for the cases that the new side lacks.
std::vector<Finding> gone(const std::string& gate, const JournalRun& before,
                          const JournalRun& after);

}  // namespace qbench
