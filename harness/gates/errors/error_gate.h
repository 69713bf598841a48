// SPDX-License-Identifier: Apache-2.0
// The error gate: compares cases with a ledger, exactly and so without a threshold to tune.
#pragma once

#include <vector>

#include "harness/cli/options.h"
#include "reports/findings/finding.h"

namespace qbench {

// Compares cases with the ledger options.gate.errors: those of the sweep or, without --suite, those
// of the ledger that match the other options and whose device and weights are available. Returns a
// finding for each case that is the SAME and for each figure that differs: BREACH, or RECORDED with
// --update, which rewrites the ledger without cases that no longer exist. UNJUDGED if no case is
// left.
std::vector<Finding> judge_errors(const Options& options);

}  // namespace qbench
