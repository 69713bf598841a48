// SPDX-License-Identifier: Apache-2.0
// The table of kernels.
#include <stdexcept>

#include "kernels/device_kernels.h"
#include "kernels/dispatch/dispatch.h"
#include "kernels/kernel.h"
#include "kernels/table/reference_kernels.h"

namespace qbench {
namespace {

KernelTable built_in() {
  KernelTable all = reference_kernels();
  for (const auto& more : {cuda::kernels(), emulated::kernels()}) {
    all.insert(all.end(), more.begin(), more.end());
    const KernelTable choosing = auto_kernels(more);
    all.insert(all.end(), choosing.begin(), choosing.end());
  }
  return all;
}

// A name tells the kernels of one operation, device and mode apart.
bool same_place(const Kernel& a, const Kernel& b) {
  const bool share_a_mode = !a.mode || !b.mode || a.mode == b.mode;
  return a.name == b.name && a.op == b.op && a.device == b.device && share_a_mode;
}

}  // namespace

const KernelTable& all_kernels() {
  static KernelTable kernels = built_in();
  return kernels;
}

KernelTable joined(KernelTable kernels, const KernelTable& more) {
  for (const Kernel& kernel : more) {
    for (const Kernel& other : kernels)
      if (same_place(kernel, other))
        throw std::invalid_argument("there is a kernel " + std::string(kernel.name) + " of " +
                                    std::string(name(kernel.op)) + (kernel.mode ? " for " : "") +
                                    std::string(kernel.mode ? kernel.mode->name : "") + " on " +
                                    std::string(name(kernel.device)) +
                                    " already: give it another name");
    kernels.push_back(kernel);
  }
  return kernels;
}

}  // namespace qbench
