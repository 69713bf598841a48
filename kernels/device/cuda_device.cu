// SPDX-License-Identifier: Apache-2.0
// The device query of a build with the CUDA toolkit. The runtime is linked statically, so the
// program starts on a machine without a driver and says so here.
#include <cuda_runtime_api.h>

#include <algorithm>

#include "kernels/device/cuda_device.h"

namespace qbench {
namespace {

std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

// The oldest architecture that nvcc compiled for here; what is newer runs its PTX. (Asking the
// runtime instead would make a context on every GPU.)
constexpr int kOldest = std::min({__CUDA_ARCH_LIST__}) / 10;

CudaDevice describe(int index, const CudaStatus& status) {
  cudaDeviceProp properties{};
  if (const cudaError_t found = cudaGetDeviceProperties(&properties, index); found != cudaSuccess)
    return {.name = "unknown", .unusable = cudaGetErrorString(found)};
  CudaDevice device{.name = properties.name,
                    .major = properties.major,
                    .minor = properties.minor,
                    .memory_bytes = static_cast<double>(properties.totalGlobalMem)};
  if (10 * device.major + device.minor < kOldest)
    device.unusable = explain(CudaFault::device_too_old, status, device);
  return device;
}

CudaFault fault_of(int driver, cudaError_t found) {
  if (driver == 0) return CudaFault::no_driver;
  if (found == cudaSuccess || found == cudaErrorNoDevice) return CudaFault::no_gpu;
  return found == cudaErrorInsufficientDriver ? CudaFault::driver_too_old : CudaFault::other;
}

CudaStatus query() {
  CudaStatus status{.built = true, .runtime = version_text(CUDART_VERSION)};
  int driver = 0, count = 0;
  cudaDriverGetVersion(&driver);
  if (driver > 0) status.driver = version_text(driver);
  const cudaError_t found = cudaGetDeviceCount(&count);
  for (int index = 0; found == cudaSuccess && index < count; ++index)
    status.devices.push_back(describe(index, status));
  if (status.devices.empty())
    status.absent = explain(fault_of(driver, found), status, {}, cudaGetErrorString(found));
  cudaGetLastError();
  return status;
}

}  // namespace

CudaStatus cuda_status() {
  static const CudaStatus status = query();
  return status;
}

}  // namespace qbench
