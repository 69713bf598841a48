// SPDX-License-Identifier: Apache-2.0
// Faults: bugs of kernels, injected into healthy ones.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "kernels/kernel.h"

namespace qbench {

struct Fault {
  std::string_view name;     // "swapped-nibbles"
  std::string_view summary;  // one line
  std::function<bool(Op, const Mode&)> applies;
  // Prepares a trial of the kernel with the fault. The kernel outlives the trial.
  std::function<std::unique_ptr<Trial>(const Kernel&, const Problem&)> prepare;
};

const std::vector<Fault>& all_faults();
// Throws std::out_of_range for an unknown name.
const Fault& find_fault(std::string_view name);

// The kernel with the fault. It bears the fault's name, so that ids of its cases show it.
Kernel faulty_kernel(const Kernel& kernel, const Fault& fault);

}  // namespace qbench
