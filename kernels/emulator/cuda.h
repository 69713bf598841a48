// SPDX-License-Identifier: Apache-2.0
// nvcc's side of simt.h: CUDA itself, and the few names that the emulator needs beside CUDA's.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <cstdint>

// QBENCH_SHARED(float[16][33], tile); declares a variable of the block, 16-byte aligned.
#define QBENCH_SHARED(type, name)  \
  using name##_shared_type = type; \
  __shared__ __align__(16) name##_shared_type name
// QBENCH_DYNAMIC_SHARED(stage); names the LaunchConfig::shared_bytes: an unsigned char*.
#define QBENCH_DYNAMIC_SHARED(name)                                        \
  extern __shared__ __align__(1024) unsigned char qbench_dynamic_shared[]; \
  unsigned char* const name = qbench_dynamic_shared

namespace qbench::cuda {

// The place of a call of a wrapper, which only the emulator uses.
struct Site {};

// Tells the emulator's profile of the access of `bytes` that follows; does nothing on a GPU.
__device__ __forceinline__ void profile_global(const void*, int /*bytes*/) {}
__device__ __forceinline__ void profile_shared(const void*, int /*bytes*/) {}

}  // namespace qbench::cuda
