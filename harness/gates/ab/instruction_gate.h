// SPDX-License-Identifier: Apache-2.0
// The instruction gate: one thread of the CPU, counted, not timed.
#pragma once

#include "harness/cli/options.h"
#include "harness/gates/ab/revisions.h"
#include "harness/gates/ab/speed_policy.h"
#include "reports/findings/finding.h"

namespace qbench {

struct InstructionRule {
  // 0.1 %, which is more than the counts of one program differ by from machine to machine.
  double threshold = 1e-3;
  Trade trade = {};
};

// Compares the instructions of one run of each CPU case of the sweep. Loops are limited to AVX2, so
// that every machine runs the same ones. They are counted by perf_event or, if that is unavailable,
// by valgrind's callgrind. A growth above the threshold is a BREACH, a reduction FAST. Throws
// std::runtime_error if neither counter works.
std::vector<Finding> judge_instructions(const Side& old_side, const Side& new_side,
                                        const Options& options, const InstructionRule& rule);

}  // namespace qbench
