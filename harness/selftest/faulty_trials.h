// SPDX-License-Identifier: Apache-2.0
// Faulty trials: a healthy trial of any kernel, wrapped in a fault.
#pragma once

#include "kernels/kernel.h"

namespace qbench::faulty {

using Made = std::unique_ptr<Trial>;

// Functions that spoil the trial's results as they are read; nullptr leaves a result as it is.
struct Results {
  void (*output)(Matrix&) = nullptr;
  void (*codes)(QuantizedMatrix&) = nullptr;
  void (*gradients)(reference::LoraGradients&) = nullptr;
};
Made spoil_results(const Kernel& kernel, const Problem& problem, const Results& spoil);

// Functions that spoil copies of the operands, which the kernel reads instead.
struct Operands {
  void (*quantized)(QuantizedMatrix&) = nullptr;
  void (*x)(Matrix&) = nullptr;
};
Made spoil_operands(const Kernel& kernel, const Problem& problem, const Operands& spoil);

// The kernel does nothing from run `first` on (1: never does anything), and reports the time of
// that.
Made stop(const Kernel& kernel, const Problem& problem, int first);

// The kernel throws from the second run on.
Made fail(const Kernel& kernel, const Problem& problem);

// The outputs of all runs are added up.
Made add_up(const Kernel& kernel, const Problem& problem);

// The clock, the device's if that is timed, reports reported(elapsed seconds). A run takes at least
// 0.1 ms, so that clocks can tell.
Made lie(const Kernel& kernel, const Problem& problem, double (*reported)(double));

}  // namespace qbench::faulty
