// SPDX-License-Identifier: Apache-2.0
// The CUDA kernels on the emulator.
#include "kernels/device_kernels.cuh"
#include "kernels/simt/emulator.h"

namespace qbench::emulated {

Device& open_device(int) {
  static Emulator emulator;
  return emulator;
}

std::vector<Kernel> kernels() { return all_of_device(); }

}  // namespace qbench::emulated
