// SPDX-License-Identifier: Apache-2.0
// The table of kernels.
#include "kernels/kernel.h"
#include "kernels/reference_kernels.h"

namespace qbench {

const std::vector<Kernel>& all_kernels() {
  static const std::vector<Kernel> kernels = reference_kernels();
  return kernels;
}

}  // namespace qbench
