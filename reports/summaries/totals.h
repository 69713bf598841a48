// SPDX-License-Identifier: Apache-2.0
// Totals over the tensors of a checkpoint, derived when a report is written and never journaled.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/result.h"

namespace qbench {

// One total for each combination of suite, mode, kernel, device, dtype, block size, input and m
// that has at least two tensors and passed on at least one. Tensors with `not_in_totals` are left
// out if their suite has others. A total has no id; its tensor is "total (N tensors)", its shape 1
// x all parameters.
std::vector<Result> totals_of(std::span<const Result> results);

// The results, with the totals of each suite after its last tensor.
std::vector<Result> with_totals(std::span<const Result> results);

// One line with the tensors that totals leave out, by kind; or empty.
std::string left_out_note(std::span<const Result> results);

}  // namespace qbench
