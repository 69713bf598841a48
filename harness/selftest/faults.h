// SPDX-License-Identifier: Apache-2.0
// Faults: what can be wrong with a kernel, to be injected into healthy ones.
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
  // A trial of the kernel, which outlives it, with the fault.
  std::function<std::unique_ptr<Trial>(const Kernel&, const Problem&)> prepare;
};

const std::vector<Fault>& all_faults();
// Throws std::out_of_range where there is none of that name.
const Fault& find_fault(std::string_view name);

// The kernel with the fault, under the fault's name, so that ids of its cases tell both.
Kernel faulty_kernel(const Kernel& kernel, const Fault& fault);

}  // namespace qbench
