// SPDX-License-Identifier: Apache-2.0
// gate: cases against what a ledger says of them. Exact: there is no threshold to tune.
#pragma once

#include <vector>

#include "harness/cli/options.h"
#include "reports/findings/finding.h"

namespace qbench {

// Compares the cases of the sweep or, where no suite is asked for, those of the ledger that the
// other options leave and whose device and weights are here, with options.gate.errors. A finding
// for each case that is the SAME and for each figure that is not: BREACH, or RECORDED with
// --update, which writes the ledger anew, without cases that there are no longer. UNJUDGED where no
// case is left.
std::vector<Finding> judge_errors(const Options& options);

}  // namespace qbench
