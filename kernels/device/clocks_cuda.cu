// SPDX-License-Identifier: Apache-2.0
// Kernels on special registers, which no header of CUDA's offers outside of asm.
#include "kernels/device/clocks_cuda.h"

namespace qbench::cuda {
namespace {

__device__ unsigned long long global_nanoseconds() {
  unsigned long long now;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(now)::"memory");
  return now;
}

__device__ unsigned processor() {
  unsigned id;
  asm volatile("mov.u32 %0, %%smid;" : "=r"(id));
  return id;
}

__global__ void hold_stream(volatile Hold* hold, unsigned long long limit) {
  const unsigned long long start = global_nanoseconds();
  while (hold->released == 0) {
    if (global_nanoseconds() - start < limit) continue;
    hold->overdue = 1;
    return;
  }
}

__global__ void read_clocks(Clocks* to) {
  if (processor() == 0) *to = {static_cast<unsigned long long>(clock64()), global_nanoseconds()};
}

// A block of 1024 threads leaves room for one more on a multiprocessor at the most: they spread.
constexpr unsigned kWholeBlock = 1024;

}  // namespace

cudaError_t load_clock_kernels() {
  cudaFuncAttributes attributes;
  for (const void* kernel :
       {reinterpret_cast<const void*>(hold_stream), reinterpret_cast<const void*>(read_clocks)})
    if (const cudaError_t error = cudaFuncGetAttributes(&attributes, kernel); error != cudaSuccess)
      return error;
  return cudaSuccess;
}

cudaError_t launch_hold(volatile Hold* hold, unsigned long long limit, cudaStream_t stream) {
  void* arguments[] = {&hold, &limit};
  return cudaLaunchKernel(reinterpret_cast<const void*>(hold_stream), 1, 1, arguments, 0, stream);
}

cudaError_t launch_read_clocks(Clocks* to, int processors, cudaStream_t stream) {
  void* arguments[] = {&to};
  return cudaLaunchKernel(reinterpret_cast<const void*>(read_clocks),
                          static_cast<unsigned>(processors), kWholeBlock, arguments, 0, stream);
}

}  // namespace qbench::cuda
