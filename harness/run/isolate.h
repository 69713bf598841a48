// SPDX-License-Identifier: Apache-2.0
// Runs cases in processes of their own, so that a crash, a hang or exhausted memory ends one case
// and not the sweep.
#pragma once

#include "harness/cli/options.h"
#include "reports/result.h"

namespace qbench {

bool is_isolated(const Case& c, const Options& options);

// Runs the case in another process of this executable. A crash, a signal or a run longer than
// options.case_timeout becomes an error row.
Result run_isolated(const Case& c, const Options& options);

}  // namespace qbench
