// SPDX-License-Identifier: Apache-2.0
// The reference seen as one more kernel: the baseline that every run has.
#pragma once

#include <vector>

#include "kernels/kernel.h"

namespace qbench {

std::vector<Kernel> reference_kernels();

}  // namespace qbench
