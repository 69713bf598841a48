// SPDX-License-Identifier: Apache-2.0
// Runs cases: Case to Result.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "reports/result.h"
#include "suites/inputs/inputs.h"

namespace qbench {

struct RunOptions {
  bool timed = true;        // false: only verified, so that results do not depend on load
  double min_time = 0.1;    // minimum seconds of samples
  double memory_bytes = 0;  // cases that need more are skipped
  int threads = 0;          // recorded with the result
  bool count_instructions = false;
};

// Never throws for a failure of the case: that is a Result with a status and a reason.
Result run(const Case& c, Inputs& inputs, const RunOptions& options);

// Runs several cases and returns their results in order. They are timed in turns of changing order,
// so that a burst of other work affects all alike. `begin` is called with each case before it
// starts.
std::vector<Result> run_group(std::span<const Case> cases, Inputs& inputs,
                              const RunOptions& options,
                              const std::function<void(const Case&)>& begin);

// The number of cases, from the first on, that form a group: cases of one weight matrix on the CPU
// that together fit into a quarter of the memory. At least one.
std::size_t group_size(std::span<const Case> cases, const RunOptions& options);

}  // namespace qbench
