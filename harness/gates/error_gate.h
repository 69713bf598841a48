// SPDX-License-Identifier: Apache-2.0
// gate: cases against what a ledger says of them. Exact: there is no threshold to tune.
#pragma once

#include <vector>

#include "harness/options.h"
#include "reports/finding.h"

namespace qbench {

// Compares the cases of the sweep or, where none is asked for, those of the ledger whose device is
// here, with options.gate.errors. A finding for each case that is the SAME and for each figure that
// is not: BREACH, or RECORDED with --update, which writes the ledger anew, without cases that there
// are no longer.
std::vector<Finding> judge_errors(const Options& options);

}  // namespace qbench
