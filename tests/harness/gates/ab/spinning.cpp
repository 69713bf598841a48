// SPDX-License-Identifier: Apache-2.0
// Linked into a qbench, makes it slower: every kernel of the CPU spins on for QBENCH_SPIN of its
// own time, 0.1 for 10 %.
#include <chrono>

#include "kernels/kernel.h"

namespace qbench {
namespace {

class Spinning : public Trial {
 public:
  explicit Spinning(std::unique_ptr<Trial> inner) : inner_(std::move(inner)) {}
  double run_once() override {
    using Clock = std::chrono::steady_clock;
    const double seconds = inner_->run_once();
    const auto start = Clock::now();
    std::chrono::duration<double> spun{};
    while (spun.count() < QBENCH_SPIN * seconds) spun = Clock::now() - start;
    return seconds + spun.count();
  }
  void poison() override { inner_->poison(); }
  const Matrix& output() override { return inner_->output(); }
  const QuantizedMatrix* quantized() override { return inner_->quantized(); }

 private:
  std::unique_ptr<Trial> inner_;
};

[[maybe_unused]] const bool slower = [] {
  // The table is no constant, only shown as one.
  for (Kernel& kernel : const_cast<std::vector<Kernel>&>(all_kernels()))
    if (kernel.device == DeviceKind::cpu)
      kernel.prepare = [prepare = kernel.prepare](const Problem& problem) {
        return std::make_unique<Spinning>(prepare(problem));
      };
  return true;
}();

}  // namespace
}  // namespace qbench
