// SPDX-License-Identifier: Apache-2.0
// The path of one command: options to cases, results, reports and the exit code.
#pragma once

#include "harness/cli/options.h"

namespace qbench {

// Returns sweep_exit_code; where it was interrupted, there are reports of what was done. Throws
// std::exception for what ends the run before its first case.
int run_sweep(const Options& options);

}  // namespace qbench
