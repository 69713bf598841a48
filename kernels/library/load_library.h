// SPDX-License-Identifier: Apache-2.0
// Kernels from outside: the loader of --kernel-library.
#pragma once

#include <string>

namespace qbench {

// Adds the kernels of a shared library (kernel_library.h) to all_kernels(); a library that was
// loaded before is not loaded again. Throws std::invalid_argument, in one line, for a file that is
// no such library or has a kernel that cannot be taken.
void load_kernel_library(const std::string& file);

}  // namespace qbench
