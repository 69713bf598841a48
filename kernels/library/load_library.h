// SPDX-License-Identifier: Apache-2.0
// Kernels from outside: the loader of --kernel-library.
#pragma once

#include <string>
#include <vector>

#include "kernels/kernel.h"

namespace qbench {

// The built-in kernels, then those of the shared libraries (kernel_library.h). A library stays
// loaded for as long as the process lives; one that is named twice counts once. Throws
// std::invalid_argument, in one line, for a file that is no such library or has a kernel that
// cannot be taken.
KernelTable load_kernel_libraries(const std::vector<std::string>& files);

}  // namespace qbench
