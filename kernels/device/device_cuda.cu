// SPDX-License-Identifier: Apache-2.0
// Device on the CUDA runtime: one stream of one GPU.
#include <cuda_runtime_api.h>

#include <optional>
#include <string>

#include "kernels/device/device.h"
#include "kernels/device/recording_cuda.h"

namespace qbench {
namespace {

using cuda::check, cuda::Event;

constexpr std::size_t kSharedWithoutAsking = 48 * 1024;

dim3 to_dim3(GridSize size) { return {size.x, size.y, size.z}; }

__global__ void find_wgmma(bool* found) {
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
  *found = true;
#else
  *found = false;
#endif
}

std::string place(Site site) {
  return std::string("launch at ") + site.file + ":" + std::to_string(site.line);
}

class CudaDevice final : public Device {
 public:
  // The runtime's current device belongs to the thread: a CudaDevice is used by the one that made
  // it.
  explicit CudaDevice(int index) : index_(index) {
    check(cudaSetDevice(index), "cudaSetDevice");
    check(cudaStreamCreate(&stream_), "cudaStreamCreate");
  }
  CudaDevice(const CudaDevice&) = delete;
  CudaDevice& operator=(const CudaDevice&) = delete;
  ~CudaDevice() override { cudaStreamDestroy(stream_); }

  void* allocate(std::size_t bytes) override {
    void* memory = nullptr;
    check(cudaMalloc(&memory, bytes),
          ("cudaMalloc of " + std::to_string(bytes) + " bytes").c_str());
    return memory;
  }
  void free(void* memory) noexcept override { cudaFree(memory); }
  void copy_to_device(void* to, const void* from, std::size_t bytes) override {
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream_), "copy to the device");
    synchronize();
  }
  void copy_to_host(void* to, const void* from, std::size_t bytes) override {
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream_), "copy to the host");
    synchronize();
  }
  void copy(void* to, const void* from, std::size_t bytes) override {
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream_),
          "copy within the device");
  }
  void fill(void* memory, unsigned char value, std::size_t bytes) override {
    check(cudaMemsetAsync(memory, value, bytes, stream_), "cudaMemsetAsync");
  }
  void synchronize() override { check(cudaStreamSynchronize(stream_), "cudaStreamSynchronize"); }

  std::size_t shared_limit() override {
    return static_cast<std::size_t>(attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin));
  }
  DeviceTraits traits() override {
    char bus_id[32] = "";
    check(cudaDeviceGetPCIBusId(bus_id, sizeof bus_id, index_), "cudaDeviceGetPCIBusId");
    return {.pci_bus_id = bus_id,
            .l2_bytes = static_cast<std::size_t>(attribute(cudaDevAttrL2CacheSize)),
            .clock_hz = 1e3 * attribute(cudaDevAttrClockRate),
            .processors = attribute(cudaDevAttrMultiProcessorCount),
            .wgmma = has_wgmma()};
  }
  void* stream() override { return stream_; }

  double seconds_of(const std::function<void()>& work) override {
    const Event start, end;
    start.record(stream_);
    work();
    end.record(stream_);
    return end.seconds_since(start);
  }
  std::unique_ptr<Recording> record(const std::function<void()>& work) override {
    return cuda::record(stream_, attribute(cudaDevAttrMultiProcessorCount), work);
  }

  void launch(const LaunchConfig& config, const KernelCall& call) override {
    const std::string where = place(config.site);
    const auto set = [&](cudaFuncAttribute which, int value) {
      check(cudaFuncSetAttribute(call.kernel, which, value), where.c_str());
    };
    if (config.shared_bytes > kSharedWithoutAsking)
      set(cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(config.shared_bytes));
    // As many blocks as fit: left to itself, the runtime may leave more to L1.
    if (config.shared_bytes > 0)
      set(cudaFuncAttributePreferredSharedMemoryCarveout, cudaSharedmemCarveoutMaxShared);
    check(cudaLaunchKernel(call.kernel, to_dim3(config.grid), to_dim3(config.block), call.arguments,
                           config.shared_bytes, stream_),
          where.c_str());
  }

 private:
  int attribute(cudaDeviceAttr which) const {
    int value = 0;
    check(cudaDeviceGetAttribute(&value, which, index_), "cudaDeviceGetAttribute");
    return value;
  }

  bool has_wgmma() {
    if (!wgmma_) wgmma_ = attribute(cudaDevAttrComputeCapabilityMajor) == 9 && runs_wgmma();
    return *wgmma_;
  }
  // Asks the code that the runtime chose: that of sm_90a alone has these instructions.
  bool runs_wgmma() {
    const DeviceBuffer<bool> found(*this, 1);
    bool* argument = found.data();
    void* arguments[] = {&argument};
    launch({.grid = {1}, .block = {1}},
           {reinterpret_cast<const void*>(find_wgmma), arguments, nullptr});
    bool here = false;
    copy_to_host(&here, argument, sizeof here);
    return here;
  }

  int index_;
  cudaStream_t stream_ = nullptr;
  std::optional<bool> wgmma_;  // not asked yet
};

}  // namespace

std::unique_ptr<Device> open_cuda_device(int index) { return std::make_unique<CudaDevice>(index); }

}  // namespace qbench
