// SPDX-License-Identifier: Apache-2.0
// The CUDA kernels on CUDA devices.
#include <map>
#include <memory>

#include "kernels/device/cuda_device.h"
#include "kernels/table/parts.h"

namespace qbench::cuda {

Device& open_device(int index) {
  static std::map<int, std::unique_ptr<Device>> open;
  std::unique_ptr<Device>& device = open[index];
  if (!device) device = open_cuda_device(index);
  return *device;
}

std::vector<Kernel> kernels() {
  if (cuda_status().devices.empty()) return {};
  return kernels_of_parts([](auto part, DeviceKernels& all) { add_part<part>(all); });
}

}  // namespace qbench::cuda
