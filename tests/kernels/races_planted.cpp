// SPDX-License-Identifier: Apache-2.0
// The kernels of three modes, which have every rung between them, without their block barriers:
// planted races, which ThreadSanitizer must report. In place of the library's kernels.
#include "kernels/emulator/simt.h"

#define __syncthreads() static_cast<void>(0)
#include "kernels/emulator/emulator.h"
#include "kernels/table/device_parts.cuh"

namespace qbench::emulated {

Device& open_device(int) {
  static Emulator emulator;
  return emulator;
}

std::vector<Kernel> kernels() {
  DeviceKernels planted;
  add_mode<kNf4>(planted);
  add_mode<kNf4Dq>(planted);
  add_mode<kInt8>(planted);
  return planted.own;
}

}  // namespace qbench::emulated
