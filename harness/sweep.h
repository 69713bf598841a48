// SPDX-License-Identifier: Apache-2.0
// The path of one command: options to cases, results, reports and the exit code.
#pragma once

#include "harness/options.h"

namespace qbench {

// Exit codes: 0 fine; 2 a wrong result; 1 a case that could not be run for an error; 77 only GPU
// cases were asked for and there is no GPU. Throws std::exception for what ends the run before its
// first case.
int run_sweep(const Options& options);

}  // namespace qbench
