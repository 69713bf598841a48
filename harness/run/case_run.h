// SPDX-License-Identifier: Apache-2.0
// CaseRun: runs one case. It is verified first, timed in turns, and verified again: a wrong kernel
// has no speed.
#pragma once

#include <memory>
#include <optional>

#include "harness/measure/stopwatch.h"
#include "harness/run/model_layers.h"
#include "harness/run/run.h"
#include "harness/run/verify.h"
#include "suites/inputs/inputs.h"

namespace qbench {

class CaseRun {
 public:
  // Prepares and verifies the trial; `turns` is the maximum number of turns. The case outlives the
  // object. Failures of the case do not throw, here or in turn() and finish(): they become the
  // status and the reason of the result.
  CaseRun(const Case& c, Inputs& inputs, const RunOptions& options, int turns);

  bool has_turns() const { return stopwatch_ && !stopwatch_->done(); }
  void turn(bool warm_up);
  Result finish();

 private:
  void prepare(Inputs& inputs);
  void prepare_matrix(Inputs& inputs);
  void prepare_model(Inputs& inputs);
  void set_stored(Inputs& inputs);  // of a case that has the weights as they are stored
  bool first_run(Inputs& inputs);   // false if the case ends here
  void start_timing();
  void set_times();
  Verdict verify();
  void fail(Status status, const std::string& reason);
  template <class Action>
  void guarded(Action action);

  const Case& c_;
  const RunOptions options_;
  const int turns_;
  Result r_;
  Operands operands_;                  // of a case of one matrix
  std::optional<ModelLayers> layers_;  // of a whole model
  std::unique_ptr<Trial> trial_;
  Work work_;                           // of one run
  double estimate_ = 0;                 // seconds of the first run
  std::optional<Stopwatch> stopwatch_;  // for trials that the host times
  std::optional<Timing> timing_;        // for trials that their device times
};

}  // namespace qbench
