// SPDX-License-Identifier: Apache-2.0
// Cases in processes of their own, so that one that crashes, hangs or takes all memory ends itself
// and not the sweep.
#pragma once

#include "harness/cli/options.h"
#include "reports/result.h"

namespace qbench {

bool is_isolated(const Case& c, const Options& options);

// Runs the case in another process of this executable. A crash, an end by a signal and more seconds
// than options.case_timeout make an error row.
Result run_isolated(const Case& c, const Options& options);

}  // namespace qbench
