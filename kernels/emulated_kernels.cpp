// SPDX-License-Identifier: Apache-2.0
// The CUDA kernels on the emulator.
#include "kernels/cublaslt_kernels.cuh"
#include "kernels/device_kernels.cuh"
#include "kernels/simt/emulator.h"

namespace qbench::emulated {

Device& open_device(int) {
  static Emulator emulator;
  return emulator;
}

std::vector<Kernel> kernels() {
  std::vector<Kernel> all = all_of_device();
  for (const Kernel& baseline : cublaslt_kernels()) all.push_back(baseline);
  return all;
}

}  // namespace qbench::emulated
