// SPDX-License-Identifier: Apache-2.0
// The device query of a build with the CUDA toolkit. The runtime is linked statically, so the
// program starts on a machine without a driver and says so here.
#include <cuda_runtime_api.h>

#include "kernels/cuda_device.h"

namespace qbench {
namespace {

std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

CudaDevice describe(int index) {
  cudaDeviceProp properties{};
  if (cudaGetDeviceProperties(&properties, index) != cudaSuccess) return {.name = "unknown"};
  return {.name = properties.name,
          .major = properties.major,
          .minor = properties.minor,
          .memory_bytes = static_cast<double>(properties.totalGlobalMem)};
}

std::string why_absent(int driver, cudaError_t found) {
  if (driver == 0) return "no CUDA driver";
  return found == cudaSuccess ? "no CUDA device" : cudaGetErrorString(found);
}

}  // namespace

CudaStatus cuda_status() {
  CudaStatus status{.built = true, .runtime = version_text(CUDART_VERSION)};
  int driver = 0, count = 0;
  cudaDriverGetVersion(&driver);
  if (driver > 0) status.driver = version_text(driver);
  const cudaError_t found = cudaGetDeviceCount(&count);
  for (int index = 0; found == cudaSuccess && index < count; ++index)
    status.devices.push_back(describe(index));
  if (status.devices.empty()) status.absent = why_absent(driver, found);
  cudaGetLastError();
  return status;
}

}  // namespace qbench
