// SPDX-License-Identifier: Apache-2.0
// Marks the best figure of a column, and the figures that are not to be trusted.
#pragma once

#include <string>
#include <vector>

#include "reports/result.h"
#include "reports/results/columns.h"

namespace qbench {

enum class Mark { none, best, noisy };

// The marks of one column of figures, given with their texts.
// - A figure is noisy if it is derived from a time that is not to be trusted.
// - The best of the modes under 16 bits is marked, with all that read the same. There is no best if
//   all figures read the same, or if there is only one.
// - Among figures derived from times, there is no best if another may reach it within the spreads,
//   or if it is noisy.
std::vector<Mark> marks_of(const Column& column, const std::vector<const Result*>& rows,
                           Figures figures, const std::vector<std::string>& texts);

}  // namespace qbench
