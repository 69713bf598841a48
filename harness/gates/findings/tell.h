// SPDX-License-Identifier: Apache-2.0
// Writes findings to the reports that were asked for.
#pragma once

#include <span>

#include "harness/cli/options.h"
#include "reports/findings/finding.h"

namespace qbench {

// Writes every report; returns the exit code of the findings, or 1 if that is 0 but a report
// could not be written.
int tell(std::span<const Finding> findings, const GateOptions& options,
         bool inconclusive_fails = true);

// Throws std::runtime_error if a report cannot be written or would overwrite an input. Called
// before any work.
void check_reports(const GateOptions& options);

}  // namespace qbench
