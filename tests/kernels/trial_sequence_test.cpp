// SPDX-License-Identifier: Apache-2.0
// Trials in a row are one trial.
#include "kernels/trial_sequence.h"

#include "tests/catch.h"

namespace qbench {
namespace {

struct Counted : Trial {
  Counted(double time, int& runs, int& poisonings)
      : seconds(time), run_count(runs), poison_count(poisonings), result(1, 1) {
    result.values[0] = static_cast<float>(time);
  }
  double run_once() override {
    ++run_count;
    return seconds;
  }
  void poison() override { ++poison_count; }
  const Matrix& output() override { return result; }

  double seconds;
  int &run_count, &poison_count;
  Matrix result;
};

}  // namespace

TEST_CASE("a sequence runs and poisons each of its trials once, and shows the last one's output") {
  int runs = 0, poisonings = 0;
  TrialSequence all;
  for (const double seconds : {1.0, 2.0, 4.0})
    all.add(std::make_unique<Counted>(seconds, runs, poisonings), 100);
  CHECK(all.run_once() == 7);
  CHECK(runs == 3);
  all.poison();
  CHECK(poisonings == 3);
  CHECK(all.output().values[0] == 4);
  CHECK(all[1].output().values[0] == 2);
}

TEST_CASE("a sequence of trials without launches is not replayed") {
  int runs = 0, poisonings = 0;
  TrialSequence all;
  CHECK(all.device() == nullptr);
  all.add(std::make_unique<Counted>(1, runs, poisonings), 100);
  CHECK(all.replay() == nullptr);
  CHECK(runs == 0);
}

}  // namespace qbench
