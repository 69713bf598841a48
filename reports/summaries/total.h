// SPDX-License-Identifier: Apache-2.0
// Computes one total from the results of its tensors.
#pragma once

#include <vector>

#include "reports/result.h"

namespace qbench {

// A total has a figure only if every tensor passed and has it; `reason` names what is missing, the
// tensors and why. Relative errors and bits are means weighted by parameters, so that tensors of
// different magnitude count alike. Largest errors and scratch are maxima. Bytes, flops, seconds and
// their quartiles are sums. The time is noisy if that of any part is.
Result total_of(const std::vector<const Result*>& rows);

}  // namespace qbench
