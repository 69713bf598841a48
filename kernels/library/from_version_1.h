// SPDX-License-Identifier: Apache-2.0
// Kernels of libraries built with version 1 of kernel_library.h, as kernels of the current version.
#pragma once

#include "kernels/library/kernel_library.h"
#include "kernels/library/version_1.h"

namespace qbench {

// The kernel that calls `old`, which outlives it; it lives as long as the process. What `old` lacks
// is NULL in it too, except `unsupported`: that also refuses modes with planes that version 1 has
// no place for.
const qbench_kernel& from_version_1(const version_1::qbench_kernel& old);

}  // namespace qbench
