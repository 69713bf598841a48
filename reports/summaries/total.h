// SPDX-License-Identifier: Apache-2.0
// One total, from the results of its tensors.
#pragma once

#include <vector>

#include "reports/result.h"

namespace qbench {

// A figure is there only where every tensor passed and has it; `reason` says what is missing, of
// which tensors and why. Errors and bits are means weighted by parameters, so that no tensor is
// pooled with another's scale; largest errors and scratch are maxima; bytes, flops, seconds and
// their quartiles are sums. Noisy if the time of any part is.
Result total_of(const std::vector<const Result*>& rows);

}  // namespace qbench
