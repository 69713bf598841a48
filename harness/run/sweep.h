// SPDX-License-Identifier: Apache-2.0
// The path of one command: options to cases, results, reports and the exit code.
#pragma once

#include "harness/cli/options.h"

namespace qbench {

// Exit codes, the first that applies: 130 interrupted, with reports of what was done; 2 a wrong
// result; 1 a case that could not be run for an error, or a report that could not be written; 77
// only GPU cases were asked for and there is no GPU; 1 nothing of what was asked for could be
// measured. Throws std::exception for what ends the run before its first case.
int run_sweep(const Options& options);

}  // namespace qbench
