// SPDX-License-Identifier: Apache-2.0
// gate: every gate of a policy in one report.
#pragma once

#include "harness/gates/policy.h"
#include "harness/options.h"
#include "reports/finding.h"

namespace qbench {

// What each gate of the policy finds. `base` is the old side of speed and instructions; empty:
// those are skipped. A gate that cannot be run is a finding too, and the others go on.
std::vector<Finding> judge_policy(const Policy& policy, const Options& options);

// `qbench gate`, with --errors or --policy. Returns the exit code of the findings, which may be
// inconclusive where the policy says so.
int run_gate(const Options& options);

}  // namespace qbench
