// SPDX-License-Identifier: Apache-2.0
// Why CUDA cannot be used here, in words.
#include "kernels/device/cuda_device.h"

namespace qbench {

std::string CudaStatus::unusable() const {
  for (const CudaDevice& device : devices)
    if (device.unusable.empty()) return {};
  return devices.empty() ? absent : devices.front().unusable;
}

std::string explain(CudaFault fault, const CudaStatus& status, const CudaDevice& device,
                    const std::string& text) {
  switch (fault) {
    case CudaFault::no_driver:
      return "no GPU: there is no CUDA driver";
    case CudaFault::no_gpu:
      return "no GPU: the CUDA driver sees none (is CUDA_VISIBLE_DEVICES set?)";
    case CudaFault::driver_too_old:
      return "driver too old: it serves CUDA " + status.driver + ", this build needs " +
             status.runtime + "; install a newer driver or build with an older toolkit";
    case CudaFault::device_too_old:
      return "device too old: " + device.name + " has compute capability " +
             std::to_string(device.major) + "." + std::to_string(device.minor) +
             ", for which this build has no kernels; see CMAKE_CUDA_ARCHITECTURES";
    case CudaFault::other:
      break;
  }
  return text;
}

}  // namespace qbench
