// SPDX-License-Identifier: Apache-2.0
// The pipeline of a sweep: options to cases, results, reports and the exit code.
#pragma once

#include "harness/cli/options.h"

namespace qbench {

// Returns sweep_exit_code. After an interrupt, reports cover the cases that were done. Throws
// std::exception if the run ends before its first case.
int run_sweep(const Options& options);

}  // namespace qbench
