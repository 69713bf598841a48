// SPDX-License-Identifier: Apache-2.0
// The table of kernels.
#include "kernels/device_kernels.h"
#include "kernels/kernel.h"
#include "kernels/reference_kernels.h"

namespace qbench {

const std::vector<Kernel>& all_kernels() {
  static const std::vector<Kernel> kernels = [] {
    std::vector<Kernel> all = reference_kernels();
    for (const auto& more : {cuda::kernels(), emulated::kernels()})
      all.insert(all.end(), more.begin(), more.end());
    return all;
  }();
  return kernels;
}

}  // namespace qbench
