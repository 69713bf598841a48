// SPDX-License-Identifier: Apache-2.0
// Verb ab: compares the speed of two builds.
#pragma once

#include "harness/cli/options.h"
#include "harness/gates/ab/instruction_gate.h"
#include "harness/gates/ab/speed_policy.h"
#include "reports/findings/finding.h"

namespace qbench {

// Compares the two sides of options.gate over the sweep, with as many pairs as the rows need.
std::vector<Finding> judge_speed(const Options& options, const SpeedPolicy& policy);

// The same comparison by counted instructions.
std::vector<Finding> judge_instructions(const Options& options, const InstructionRule& rule);

// Runs `qbench ab OLD NEW`, also with --calibrate or --instructions. Returns the exit code of the
// findings.
int run_ab(const Options& options);

}  // namespace qbench
