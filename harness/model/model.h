// SPDX-License-Identifier: Apache-2.0
// Verb model: a checkpoint to one screen that decides.
#pragma once

#include "harness/cli/options.h"

namespace qbench {

// Runs `qbench model CHECKPOINT`. Returns 1 if a report or a plan could not be written. Throws
// std::runtime_error or std::invalid_argument with one line.
int run_model(const Options& options);

}  // namespace qbench
