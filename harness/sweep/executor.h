// SPDX-License-Identifier: Apache-2.0
// Executor: runs cases, in this process or in others.
#pragma once

#include <span>

#include "harness/cli/options.h"
#include "harness/run/run.h"
#include "harness/sweep/sink.h"
#include "suites/checkpoints/checkpoint.h"

namespace qbench {

class Executor {
 public:
  // All outlive the executor: `checkpoint`, which holds the tensors of cases and is nullptr without
  // real weights, and `originals`, nullptr without --against.
  Executor(const Options& options, const Checkpoint* checkpoint,
           const Originals* originals = nullptr)
      : options_(options), inputs_(checkpoint, originals) {}

  // Runs all cases; after an interrupt, stops at the end of the current group. A group is one case
  // in a process of its own, or cases of one weight matrix that take turns in this one.
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
