// SPDX-License-Identifier: Apache-2.0
// A kernel of a shared library as qbench calls it.
#pragma once

#include <memory>
#include <string>

#include "kernels/kernel.h"
#include "kernels/library/kernel_library.h"

namespace qbench {

// Returns the kernel's own reason why it cannot run the problem, or an empty string.
std::string why_not(const Problem& problem, const qbench_kernel& kernel);

// The entry outlives the trial. Throws std::runtime_error where the library's prepare fails.
std::unique_ptr<Trial> library_trial(const Problem& problem, const qbench_kernel& kernel);

}  // namespace qbench
