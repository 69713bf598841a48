// SPDX-License-Identifier: Apache-2.0
// Verb gate: every gate of a policy in one report.
#pragma once

#include "harness/cli/options.h"
#include "harness/gates/policy.h"
#include "reports/findings/finding.h"

namespace qbench {

// Runs the gates of the policy, or only those in options.gate.only, and returns their findings.
// Their sweeps are parsed as command lines of options.verbs. Speed and instructions are compared
// with options.gate.base, and skipped if that is empty. A gate that cannot run becomes a finding,
// and the others go on. Errors larger than the base's are a BREACH only if the policy has no
// ledger. Throws std::invalid_argument before any gate runs: for an invalid sweep, and for a gate
// in options.gate.only that the policy lacks.
std::vector<Finding> judge_policy(const Policy& policy, const Options& options);

// For policies with a ledger, which decides about errors: makes findings of figures larger than the
// base's SKIPPED. A wrong result stays a BREACH.
void leave_to_ledger(std::vector<Finding>& findings);

// Runs `qbench gate` with --errors or --policy. Returns the exit code of the findings; the policy
// says whether inconclusive ones fail.
int run_gate(const Options& options);

}  // namespace qbench
