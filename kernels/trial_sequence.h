// SPDX-License-Identifier: Apache-2.0
// TrialSequence: trials that run one after the other, as one.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "kernels/kernel.h"

namespace qbench {

// All trials are of one kernel and device.
class TrialSequence : public Trial {
 public:
  // `bytes`: of the operands that no other trial of the sequence reads.
  void add(std::unique_ptr<Trial> trial, std::size_t bytes);

  std::size_t size() const { return trials_.size(); }
  Trial& operator[](std::size_t i) { return *trials_[i]; }

  double run_once() override;  // the sum
  void poison() override;
  const Matrix& output() override;  // that of the last
  // Repeats the launches of all. nullptr where a trial has none.
  std::unique_ptr<Replay> replay() override;
  Device* device() override;

 private:
  std::vector<std::unique_ptr<Trial>> trials_;
  std::size_t bytes_ = 0, largest_ = 0;
};

}  // namespace qbench
