// SPDX-License-Identifier: Apache-2.0
// The CUDA kernels on the emulator.
#include "kernels/emulator/emulator.h"
#include "kernels/table/parts.h"

namespace qbench::emulated {

Device& open_device(int) {
  static Emulator emulator;
  return emulator;
}

std::vector<Kernel> kernels() {
  return kernels_of_parts([](auto part, DeviceKernels& all) { add_part<part>(all); });
}

bool is_compiled(const Mode& mode) { return qbench::is_compiled(mode, kFewKernels); }

}  // namespace qbench::emulated
