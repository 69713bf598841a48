// SPDX-License-Identifier: Apache-2.0
// The CUDA kernels on CUDA devices.
#include <map>

#include "kernels/cublaslt_kernels.cuh"
#include "kernels/cuda_device.h"
#include "kernels/device_kernels.cuh"

namespace qbench::cuda {

Device& open_device(int index) {
  static std::map<int, std::unique_ptr<Device>> open;
  std::unique_ptr<Device>& device = open[index];
  if (!device) device = open_cuda_device(index);
  return *device;
}

std::vector<Kernel> kernels() {
  if (cuda_status().devices.empty()) return {};
  std::vector<Kernel> all = all_of_device();
  for (const Kernel& baseline : cublaslt_kernels()) all.push_back(baseline);
  return all;
}

}  // namespace qbench::cuda
