// SPDX-License-Identifier: Apache-2.0
// The instruction gate: one thread of the CPU, counted, not timed.
#pragma once

#include "harness/cli/options.h"
#include "harness/gates/ab/revisions.h"
#include "harness/gates/ab/speed_policy.h"
#include "reports/findings/finding.h"

namespace qbench {

struct InstructionRule {
  double threshold =
      1e-3;  // 0.1 %: above what one program's counts differ by from machine to machine
  Trade trade = {};
};

// Instructions of one run of each case of the sweep on the CPU, of either side, with loops held to
// AVX2 so that every machine runs the same ones: by perf_event where it counts, else by valgrind's
// callgrind. More by above the threshold is a BREACH, fewer FAST. Throws std::runtime_error where
// neither can count.
std::vector<Finding> judge_instructions(const Side& old_side, const Side& new_side,
                                        const Options& options, const InstructionRule& rule);

}  // namespace qbench
