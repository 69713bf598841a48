// SPDX-License-Identifier: Apache-2.0
// Cases of two sides: which can be compared, and what is said of the others.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/findings/finding.h"
#include "reports/journal/journal.h"

namespace qbench {

const Result* find(const JournalRun& run, std::string_view id);  // nullptr: it has no such case

// The seconds of a case in one process: the least of its runs on the CPU, where noise only adds;
// the median of the samples whose clock was accepted on a GPU.
std::optional<double> seconds_of(const Result& result);
bool timed(const Result* result);       // it passed and has seconds
std::string time_text(double seconds);  // "12.5 us"

// A finding on a case as a whole; a breach is one of the errors gate.
Finding case_finding(std::string gate, Judgement judgement, const Result& result,
                     std::string reason);

// Why a case of the new side cannot be compared with that of the old one, if there is a reason.
std::optional<Finding> why_apart(const std::string& gate, const Result* before,
                                 const Result& after);

// The finding of a case that only the new side has.
Finding appeared(const std::string& gate, const Result& after);

// A case that only the old side has is INCOMPARABLE, SKIPPED where it was skipped there. Nothing
// for the row of a tensor that cannot be used, which is no case.
std::optional<Finding> missing(const std::string& gate, const Result& before);

// Findings for the cases that the new side lacks.
std::vector<Finding> gone(const std::string& gate, const JournalRun& before,
                          const JournalRun& after);

}  // namespace qbench
