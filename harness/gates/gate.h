// SPDX-License-Identifier: Apache-2.0
// gate: every gate of a policy in one report.
#pragma once

#include "harness/cli/options.h"
#include "harness/gates/policy.h"
#include "reports/findings/finding.h"

namespace qbench {

// What the gates of the policy, or those of options.gate.only, find; their sweeps are lines of
// options.verbs. options.gate.base is what speed and instructions are compared with; empty: those
// are skipped. A gate that cannot be run is a finding
// too, and the others go on. Larger errors than the base's are a BREACH only where the policy has
// no ledger. Throws std::invalid_argument for a sweep that is none, and for a gate of
// options.gate.only that the policy has not, before any runs.
std::vector<Finding> judge_policy(const Policy& policy, const Options& options);

// Where a policy has a ledger, that decides what errors are wanted: figures that are larger than
// the base's are told beside it, SKIPPED. A wrong result stays a BREACH.
void leave_to_ledger(std::vector<Finding>& findings);

// `qbench gate`, with --errors or --policy. Returns the exit code of the findings, which may be
// inconclusive where the policy says so.
int run_gate(const Options& options);

}  // namespace qbench
