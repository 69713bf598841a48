// SPDX-License-Identifier: Apache-2.0
// The instruction gate: one thread of the CPU, counted, not timed.
#pragma once

#include "harness/gates/revisions.h"
#include "harness/gates/speed_policy.h"
#include "harness/options.h"
#include "reports/finding.h"

namespace qbench {

// 0.1 %: above what counts of one program differ by where the processor counts itself.
inline constexpr double kInstructionThreshold = 1e-3;

// Instructions of one run of each case of the sweep on the CPU, of either side, with loops held to
// AVX2 so that every machine runs the same ones: by perf_event where it counts, else by valgrind's
// callgrind. More by above the threshold is a BREACH, fewer FAST. Throws std::runtime_error where
// neither can count.
std::vector<Finding> judge_instructions(const Side& old_side, const Side& new_side,
                                        const Options& options, double threshold,
                                        const Trade& trade);

}  // namespace qbench
