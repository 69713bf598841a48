// SPDX-License-Identifier: Apache-2.0
// Faulty trials: a healthy trial of any kernel, and around it what is wrong.
#pragma once

#include "kernels/kernel.h"

namespace qbench::faulty {

using Made = std::unique_ptr<Trial>;

// What the trial shows is spoiled by these, where it shows it.
struct Results {
  void (*output)(Matrix&) = nullptr;
  void (*codes)(QuantizedMatrix&) = nullptr;
};
Made spoil_results(const Kernel& kernel, const Problem& problem, const Results& spoil);

// The kernel reads spoiled copies.
struct Operands {
  void (*quantized)(QuantizedMatrix&) = nullptr;
  void (*x)(Matrix&) = nullptr;
};
Made spoil_operands(const Kernel& kernel, const Problem& problem, const Operands& spoil);

// The kernel does nothing from run `first` on (1: ever), and tells the time of that.
Made stop(const Kernel& kernel, const Problem& problem, int first);

// The kernel throws from the second run on.
Made fail(const Kernel& kernel, const Problem& problem);

// Outputs of all runs are added up.
Made add_up(const Kernel& kernel, const Problem& problem);

// The clock reports `reported` of the seconds that elapsed, on the device where that is timed. A
// run takes 0.1 ms at the least, so that clocks can tell.
Made lie(const Kernel& kernel, const Problem& problem, double (*reported)(double));

}  // namespace qbench::faulty
