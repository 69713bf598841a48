// SPDX-License-Identifier: Apache-2.0
// Marks: which figure of a column is the best, and which is not to be trusted.
#pragma once

#include <string>
#include <vector>

#include "reports/result.h"
#include "reports/results/columns.h"

namespace qbench {

enum class Mark { none, best, noisy };

// The marks of one column of figures, given with their texts. A figure is noisy where it comes from
// a time that is not to be trusted. The best of the modes under 16 bits is marked, with all that
// read the same; none is where all do, or where there is one alone. Figures that come from times
// have a best only where no other may reach it within the spreads, and none where it is noisy.
std::vector<Mark> marks_of(const Column& column, const std::vector<const Result*>& rows,
                           Figures figures, const std::vector<std::string>& texts);

}  // namespace qbench
