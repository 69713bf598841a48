// SPDX-License-Identifier: Apache-2.0
// Executor: cases to results, in this process or in others.
#pragma once

#include <span>

#include "harness/cli/options.h"
#include "harness/run/run.h"
#include "harness/sweep/sink.h"
#include "suites/checkpoints/checkpoint.h"

namespace qbench {

class Executor {
 public:
  // `options` outlive it, and so does the checkpoint, which holds the tensors that cases are of;
  // nullptr where there are none.
  Executor(const Options& options, const Checkpoint* checkpoint)
      : options_(options), inputs_(checkpoint) {}

  // Until all are done or somebody interrupts, which ends it after the group that runs. A group is
  // one case in a process of its own, or cases of one weight matrix that take turns in this one.
  void run(std::span<const Case> cases, Sink& sink);

 private:
  RunOptions run_options() const;
  std::size_t next_group(std::span<const Case> rest, const RunOptions& how) const;
  void run_apart(const Case& c, Sink& sink);
  void run_here(std::span<const Case> group, const RunOptions& how, Sink& sink);

  const Options& options_;
  Inputs inputs_;
};

}  // namespace qbench
