// SPDX-License-Identifier: Apache-2.0
// The table of kernels.
#include <stdexcept>

#include "kernels/device_kernels.h"
#include "kernels/dispatch/dispatch.h"
#include "kernels/kernel.h"
#include "kernels/table/reference_kernels.h"

namespace qbench {
namespace {

std::vector<Kernel>& table() {
  static std::vector<Kernel> kernels = [] {
    std::vector<Kernel> all = reference_kernels();
    for (const auto& more : {cuda::kernels(), emulated::kernels()}) {
      all.insert(all.end(), more.begin(), more.end());
      const std::vector<Kernel> choosing = auto_kernels(more);
      all.insert(all.end(), choosing.begin(), choosing.end());
    }
    return all;
  }();
  return kernels;
}

// A name tells the kernels of one operation, device and mode apart.
bool same_place(const Kernel& a, const Kernel& b) {
  const bool share_a_mode = !a.mode || !b.mode || a.mode == b.mode;
  return a.name == b.name && a.op == b.op && a.device == b.device && share_a_mode;
}

}  // namespace

const std::vector<Kernel>& all_kernels() { return table(); }

void add_kernels(const std::vector<Kernel>& more) {
  std::vector<Kernel> all = table();
  for (const Kernel& kernel : more) {
    for (const Kernel& other : all)
      if (same_place(kernel, other))
        throw std::invalid_argument("there is a kernel " + std::string(kernel.name) + " of " +
                                    std::string(name(kernel.op)) + (kernel.mode ? " for " : "") +
                                    std::string(kernel.mode ? kernel.mode->name : "") + " on " +
                                    std::string(kernel.device) + " already: give it another name");
    all.push_back(kernel);
  }
  table() = std::move(all);
}

}  // namespace qbench
