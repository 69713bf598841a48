// SPDX-License-Identifier: Apache-2.0
// run: Case to Result.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "reports/result.h"
#include "suites/inputs/inputs.h"

namespace qbench {

struct RunOptions {
  bool timed = true;        // false: verified alone, and so the same on a busy machine
  double min_time = 0.1;    // seconds of samples, at least
  double memory_bytes = 0;  // a case that needs more is skipped
  int threads = 0;          // recorded with the result
  bool count_instructions = false;
};

// Never throws for what goes wrong in the case: that is a Result with a status and a reason.
Result run(const Case& c, Inputs& inputs, const RunOptions& options);

// The same of several cases, in their order. They are timed in turns, whose order changes, so that
// a burst of other work falls on all of them alike. `begin` is told each case before it starts.
std::vector<Result> run_group(std::span<const Case> cases, Inputs& inputs,
                              const RunOptions& options,
                              const std::function<void(const Case&)>& begin);

// How many of the first cases make a group: those of one weight matrix on the CPU that together fit
// into a quarter of the memory, but one at least.
std::size_t group_size(std::span<const Case> cases, const RunOptions& options);

}  // namespace qbench
