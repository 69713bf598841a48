// SPDX-License-Identifier: Apache-2.0
// The CUDA kernels on CUDA devices.
#include <map>
#include <memory>

#include "kernels/device/cuda_device.h"
#include "kernels/device_kernels.h"

namespace qbench::cuda {
namespace {

template <std::size_t... kPart>
std::vector<Kernel> all_parts(std::index_sequence<kPart...>) {
  DeviceKernels kernels;
  (add_part<kPart>(kernels), ...);
  kernels.own.insert(kernels.own.end(), kernels.baselines.begin(), kernels.baselines.end());
  return kernels.own;
}

}  // namespace

Device& open_device(int index) {
  static std::map<int, std::unique_ptr<Device>> open;
  std::unique_ptr<Device>& device = open[index];
  if (!device) device = open_cuda_device(index);
  return *device;
}

std::vector<Kernel> kernels() {
  if (cuda_status().devices.empty()) return {};
  return all_parts(std::make_index_sequence<kParts>());
}

}  // namespace qbench::cuda
