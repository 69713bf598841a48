// SPDX-License-Identifier: Apache-2.0
// Totals over the tensors of a checkpoint. Derived when a report is written; never in the journal.
#pragma once

#include <span>
#include <vector>

#include "reports/result.h"

namespace qbench {

// The results, and after the last tensor of each suite one total for each mode, kernel, device,
// dtype, block size, input and m that passed on two tensors or more. A total has no id; its tensor
// is "total (N tensors)", its shape 1 x all parameters. Errors and bits are means weighted by
// parameters, so that no tensor is pooled with another's scale; largest errors and scratch are
// maxima; bytes, flops and seconds are sums.
std::vector<Result> with_totals(std::span<const Result> results);

}  // namespace qbench
