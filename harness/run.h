// SPDX-License-Identifier: Apache-2.0
// run: Case to Result. Verify first, then time: a wrong kernel has no speed.
#pragma once

#include "harness/problem.h"
#include "reports/result.h"

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

}  // namespace qbench
