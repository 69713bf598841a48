// SPDX-License-Identifier: Apache-2.0
// One case, run as a sweep runs it.
#pragma once

#include "harness/run/run.h"
#include "tests/harness/fakes.h"

namespace qbench::test {

inline constexpr RunOptions kOptions = {.min_time = 0, .memory_bytes = 1e12, .threads = 3};

inline Result run_alone(const Case& c, const RunOptions& options = kOptions) {
  Inputs inputs(nullptr);
  return run(c, inputs, options);
}

// Prepares the reference's trial, and counts.
inline int prepared = 0;
inline std::unique_ptr<Trial> prepare_counted(const Problem& problem) {
  ++prepared;
  return reference_kernel(problem.op).prepare(problem);
}

}  // namespace qbench::test
