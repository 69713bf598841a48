// SPDX-License-Identifier: Apache-2.0
// Kernels that modes of one format share.
#include "kernels/device_kernels.h"
#include "kernels/formats/compiled.h"

namespace qbench {

std::vector<Kernel> for_every_mode(const std::vector<Kernel>& compiled) {
  std::vector<Kernel> all;
  for (const Mode* mode : kModes)
    for (const Kernel& kernel : compiled) {
      const bool reads_codes = kernel.op != Op::quantize;
      if (kernel.mode != (reads_codes ? &decoded_as(*mode) : mode)) continue;
      all.push_back(kernel);
      all.back().mode = mode;
    }
  return all;
}

}  // namespace qbench
