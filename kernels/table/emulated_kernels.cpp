// SPDX-License-Identifier: Apache-2.0
// The CUDA kernels on the emulator.
#include "kernels/device_kernels.h"
#include "kernels/emulator/emulator.h"

namespace qbench::emulated {
namespace {

template <std::size_t... kPart>
std::vector<Kernel> all_parts(std::index_sequence<kPart...>) {
  DeviceKernels kernels;
  (add_part<kPart>(kernels), ...);
  kernels.own.insert(kernels.own.end(), kernels.baselines.begin(), kernels.baselines.end());
  return kernels.own;
}

}  // namespace

Device& open_device(int) {
  static Emulator emulator;
  return emulator;
}

std::vector<Kernel> kernels() { return all_parts(std::make_index_sequence<kParts>()); }

}  // namespace qbench::emulated
