// SPDX-License-Identifier: Apache-2.0
// Several runs of a case in one report.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/result.h"

namespace qbench {

// The last result of every case, at the place of its first; a result without a case stays.
std::vector<Result> last_runs(std::span<const Result> results);

// One line where a case was run more than once, or empty.
std::string runs_note(std::span<const Result> results);

}  // namespace qbench
