// SPDX-License-Identifier: Apache-2.0
// Totals over the tensors of a checkpoint. Derived when a report is written; never in the journal.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/result.h"

namespace qbench {

// One total for each suite, mode, kernel, device, dtype, block size, input and m that has two
// tensors or more and passed on one, whatever came of the others. Tensors that carry
// `not_in_totals` take no part where their suite has others. A total has no id; its tensor is
// "total (N tensors)", its shape 1 x all parameters.
std::vector<Result> totals_of(std::span<const Result> results);

// The results, and after the last tensor of each suite its totals.
std::vector<Result> with_totals(std::span<const Result> results);

// One line: which tensors the totals leave out, by kind; or empty.
std::string left_out_note(std::span<const Result> results);

}  // namespace qbench
