// SPDX-License-Identifier: Apache-2.0
// Runs trials in order.
#include "kernels/trial_sequence.h"

#include <algorithm>
#include <utility>

namespace qbench {

void TrialSequence::add(std::unique_ptr<Trial> trial, std::size_t bytes) {
  trials_.push_back(std::move(trial));
  bytes_ += bytes;
  largest_ = std::max(largest_, bytes);
}

double TrialSequence::run_once() {
  double seconds = 0;
  for (const auto& trial : trials_) seconds += trial->run_once();
  return seconds;
}

void TrialSequence::poison() {
  for (const auto& trial : trials_) trial->poison();
}

const Matrix& TrialSequence::output() { return trials_.back()->output(); }

std::unique_ptr<Replay> TrialSequence::replay() {
  std::vector<Run> launches;
  for (const auto& trial : trials_) launches.push_back(trial->launches());
  if (device() == nullptr || std::ranges::any_of(launches, [](const Run& run) { return !run; }))
    return nullptr;
  return repeat(*device(), bytes_ - largest_, [launches] {
    for (const Run& run : launches) run();
  });
}

Device* TrialSequence::device() { return trials_.empty() ? nullptr : trials_.front()->device(); }

}  // namespace qbench
