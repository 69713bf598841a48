// SPDX-License-Identifier: Apache-2.0
// Marks: which figure of a column is the best, and which is not to be trusted.
#pragma once

#include <string>
#include <vector>

#include "reports/columns.h"
#include "reports/result.h"

namespace qbench {

enum class Mark { none, best, noisy };

// Of one column of figures, with their texts. Noisy: a figure that comes from a time that is not to
// be trusted. Best: of the modes under 16 bits, with all that read the same; none where all do, or
// where there is one. Of figures that come from times only where no other may reach it within the
// spreads, and none where the best is noisy.
std::vector<Mark> marks_of(const Column& column, const std::vector<const Result*>& rows,
                           Figures figures, const std::vector<std::string>& texts);

}  // namespace qbench
