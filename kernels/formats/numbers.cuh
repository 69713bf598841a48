// SPDX-License-Identifier: Apache-2.0
// Numbers as kernels read and write them: f32 arithmetic on weights of any type, and the flushing
// of subnormals.
#pragma once

#include "kernels/emulator/simt.h"

namespace qbench::QBENCH_SIMT_DEVICE {

__device__ __forceinline__ float to_f32(float x) { return x; }
__device__ __forceinline__ float to_f32(__half x) { return __half2float(x); }
__device__ __forceinline__ float to_f32(__nv_bfloat16 x) { return __bfloat162float(x); }

template <class T>
__device__ __forceinline__ T from_f32(float x);
template <>
__device__ __forceinline__ float from_f32<float>(float x) {
  return x;
}
template <>
__device__ __forceinline__ __half from_f32<__half>(float x) {
  return __float2half_rn(x);
}
template <>
__device__ __forceinline__ __nv_bfloat16 from_f32<__nv_bfloat16>(float x) {
  return __float2bfloat16_rn(x);
}

constexpr float kLeastNormal = 1.17549435e-38f;
constexpr float kLargestFloat = 3.40282347e+38f;

__device__ __forceinline__ float flushed(float x) { return fabsf(x) < kLeastNormal ? 0.0f : x; }

}  // namespace qbench::QBENCH_SIMT_DEVICE
