// SPDX-License-Identifier: Apache-2.0
// Reduces several runs of a case to one.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/result.h"

namespace qbench {

// The last result of every case, at the position of its first. Results without a case are kept.
std::vector<Result> last_runs(std::span<const Result> results);

// One line if a case was run more than once, or empty.
std::string runs_note(std::span<const Result> results);

}  // namespace qbench
