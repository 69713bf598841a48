// SPDX-License-Identifier: Apache-2.0
// Findings to where they were asked for.
#pragma once

#include <span>

#include "harness/cli/options.h"
#include "reports/findings/finding.h"

namespace qbench {

// Writes every report that was asked for; returns the exit code.
int tell(std::span<const Finding> findings, const GateOptions& options,
         bool inconclusive_fails = true);

// Throws std::runtime_error where a report could not be written, or would be written over what is
// read, before any work.
void check_reports(const GateOptions& options);

}  // namespace qbench
