// SPDX-License-Identifier: Apache-2.0
// Device on the CUDA runtime: the default stream of one GPU.
#include <cuda_runtime_api.h>

#include <string>

#include "kernels/simt/device.h"

namespace qbench {
namespace {

constexpr std::size_t kSharedWithoutAsking = 48 * 1024;

void check(cudaError_t error, const char* what) {
  if (error == cudaSuccess) return;
  cudaGetLastError();  // forgets an error that is not sticky
  const std::string text = std::string(what) + ": " + cudaGetErrorString(error);
  if (error == cudaErrorMemoryAllocation) throw DeviceOutOfMemory(text);
  throw DeviceError(text);
}

dim3 to_dim3(GridSize size) { return {size.x, size.y, size.z}; }

std::string place(Site site) {
  return std::string("launch at ") + site.file + ":" + std::to_string(site.line);
}

class Event {
 public:
  Event() { check(cudaEventCreate(&event_), "cudaEventCreate"); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { cudaEventDestroy(event_); }
  void record() const { check(cudaEventRecord(event_), "cudaEventRecord"); }
  // Waits for this one.
  double seconds_since(const Event& start) const {
    float milliseconds = 0;
    check(cudaEventSynchronize(event_), "cudaEventSynchronize");
    check(cudaEventElapsedTime(&milliseconds, start.event_, event_), "cudaEventElapsedTime");
    return static_cast<double>(milliseconds) * 1e-3;
  }

 private:
  cudaEvent_t event_;
};

class CudaDevice final : public Device {
 public:
  // The runtime's current device belongs to the thread: a CudaDevice is used by the one that made
  // it.
  explicit CudaDevice(int index) { check(cudaSetDevice(index), "cudaSetDevice"); }

  void* allocate(std::size_t bytes) override {
    void* memory = nullptr;
    check(cudaMalloc(&memory, bytes),
          ("cudaMalloc of " + std::to_string(bytes) + " bytes").c_str());
    return memory;
  }
  void free(void* memory) noexcept override { cudaFree(memory); }
  void copy_to_device(void* to, const void* from, std::size_t bytes) override {
    check(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice), "copy to the device");
  }
  void copy_to_host(void* to, const void* from, std::size_t bytes) override {
    check(cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToHost), "copy to the host");
  }
  void fill(void* memory, unsigned char value, std::size_t bytes) override {
    check(cudaMemset(memory, value, bytes), "cudaMemset");
  }
  void synchronize() override { check(cudaDeviceSynchronize(), "cudaDeviceSynchronize"); }

  std::size_t shared_limit() override {
    int device = 0, bytes = 0;
    check(cudaGetDevice(&device), "cudaGetDevice");
    check(cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device),
          "cudaDeviceGetAttribute");
    return static_cast<std::size_t>(bytes);
  }

  double seconds_of(const std::function<void()>& work) override {
    const Event start, end;
    start.record();
    work();
    end.record();
    return end.seconds_since(start);
  }

  void launch(const LaunchConfig& config, const KernelCall& call) override {
    const std::string where = place(config.site);
    if (config.shared_bytes > kSharedWithoutAsking)
      check(cudaFuncSetAttribute(call.kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                 static_cast<int>(config.shared_bytes)),
            where.c_str());
    check(cudaLaunchKernel(call.kernel, to_dim3(config.grid), to_dim3(config.block), call.arguments,
                           config.shared_bytes, nullptr),
          where.c_str());
  }
};

}  // namespace

std::unique_ptr<Device> open_cuda_device(int index) { return std::make_unique<CudaDevice>(index); }

}  // namespace qbench
