// SPDX-License-Identifier: Apache-2.0
// LLM.int8(), the plain rung: activations to int8 and outlier columns found on the device, without
// a word from the host; exact int32 products; outlier columns in f32 beside them.
#pragma once

#include "kernels/matmul/gemv.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kInt8Threads = 256;
constexpr int kInt8RowThreads = 1024;

// The activations x (m x k) as LLM.int8() multiplies them.
struct Int8View {
  __half* values;      // m x k: x in fp16
  std::int8_t* codes;  // m x k, 0 in outlier columns
  float* row_absmax;   // m, over the magnitudes below the threshold
  unsigned* flags;     // ceil(k / 32): bit c % 32 of word c / 32 marks an outlier column
  int* columns;        // those columns, ascending; room for k
  int* count;          // how many
  std::int64_t m, k;
};

__device__ __forceinline__ bool is_outlier(const Int8View& a, std::int64_t column) {
  return a.flags[column / 32] >> (column % 32) & 1;
}

// Grid: a block a row. `flags` must be 0 before.
template <class Mode, class T>
__global__ void __launch_bounds__(kInt8Threads) find_outliers(const T* __restrict__ x, Int8View a) {
  QBENCH_SHARED(float[kInt8Threads], largest);
  const std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * a.k;
  float most = 0;
  for (std::int64_t c = threadIdx.x; c < a.k; c += kInt8Threads) {
    const __half value = __float2half_rn(to_f32(x[first + c]));
    a.values[first + c] = value;
    const float magnitude = fabsf(__half2float(value));
    if (magnitude < Mode::kOutlierThreshold) most = fmaxf(most, magnitude);
    if (magnitude >= Mode::kOutlierThreshold) atomicOr(&a.flags[c / 32], 1u << (c % 32));
  }
  largest[threadIdx.x] = most;
  for (unsigned half = kInt8Threads / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half)
      largest[threadIdx.x] = fmaxf(largest[threadIdx.x], largest[threadIdx.x + half]);
  }
  if (threadIdx.x == 0) a.row_absmax[blockIdx.x] = largest[0];
}

// The sum of `value` over the lanes up to and including this one.
__device__ __forceinline__ int sum_of_lanes_up_to(int value, int lane) {
#pragma unroll
  for (int distance = 1; distance < 32; distance *= 2) {
    const int below = __shfl_up_sync(0xffffffff, value, distance);
    if (lane >= distance) value += below;
  }
  return value;
}

// Grid: one block. Words of flags are taken 256 at a time, one a thread; the place of a word's
// first column is the number of outliers in the words before it.
[[maybe_unused]] static __global__ void __launch_bounds__(kInt8Threads) list_outliers(Int8View a) {
  QBENCH_SHARED(int[kInt8Threads / 32], in_warp);
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  const std::int64_t words = (a.k + 31) / 32;
  int before = 0;
  for (std::int64_t first = 0; first < words; first += kInt8Threads) {
    const std::int64_t word = first + threadIdx.x;
    unsigned flags = word < words ? a.flags[word] : 0;
    const int outliers = __popc(flags), up_to_here = sum_of_lanes_up_to(outliers, lane);
    if (lane == 31) in_warp[warp] = up_to_here;
    __syncthreads();
    int place = before + up_to_here - outliers;
    for (int w = 0; w < kInt8Threads / 32; ++w) {
      if (w < warp) place += in_warp[w];
      before += in_warp[w];
    }
    for (; flags != 0; flags &= flags - 1)
      a.columns[place++] = static_cast<int>(word * 32 + __ffs(static_cast<int>(flags)) - 1);
    __syncthreads();
  }
  if (threadIdx.x == 0) *a.count = before;
}

// 0 for outliers, and for what is no number.
__device__ __forceinline__ std::int8_t activation_code(float value, float absmax, bool outlier) {
  const float scaled = rintf(__fmul_rn(value, __fdiv_rn(127.0f, absmax)));
  const bool kept = fabsf(scaled) <= 127.0f && !outlier;
  return kept ? static_cast<std::int8_t>(static_cast<int>(scaled)) : std::int8_t{0};
}

// Grid: a thread an activation.
[[maybe_unused]] static __global__ void __launch_bounds__(kInt8Threads)
    quantize_activations(Int8View a) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kInt8Threads + threadIdx.x;
  if (i >= a.m * a.k) return;
  a.codes[i] =
      activation_code(__half2float(a.values[i]), a.row_absmax[i / a.k], is_outlier(a, i % a.k));
}

// What the three kernels above do, for a single row, in one launch: with few weights to read, the
// gaps between launches cost more than they. Its flags are not used. Grid: one block.
template <class Mode, class T>
__global__ void __launch_bounds__(kInt8RowThreads)
    quantize_row(const T* __restrict__ x, Int8View a) {
  constexpr int kWarps = kInt8RowThreads / 32;
  QBENCH_SHARED(int[kWarps], outliers_in);
  QBENCH_SHARED(float[kWarps], largest_in);
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  float most = 0;
  int before = 0;  // outliers in the columns of earlier turns
  for (std::int64_t first = 0; first < a.k; first += kInt8RowThreads) {
    const std::int64_t c = first + threadIdx.x;
    const __half value = c < a.k ? __float2half_rn(to_f32(x[c])) : __half();
    if (c < a.k) a.values[c] = value;
    const float magnitude = fabsf(__half2float(value));
    const bool outlier = magnitude >= Mode::kOutlierThreshold;
    if (magnitude < Mode::kOutlierThreshold) most = fmaxf(most, magnitude);
    const unsigned outliers = __ballot_sync(0xffffffff, outlier);
    if (lane == 0) outliers_in[warp] = __popc(outliers);
    __syncthreads();
    int place = before + __popc(outliers & ((1u << lane) - 1));
    for (int w = 0; w < kWarps; ++w) {
      if (w < warp) place += outliers_in[w];
      before += outliers_in[w];
    }
    if (outlier) a.columns[place] = static_cast<int>(c);
    __syncthreads();
  }
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes /= 2)
    most = fmaxf(most, __shfl_xor_sync(0xffffffff, most, lanes));
  if (lane == 0) largest_in[warp] = most;
  __syncthreads();
  for (int w = 0; w < kWarps; ++w) most = fmaxf(most, largest_in[w]);
  if (threadIdx.x == 0) {
    a.row_absmax[0] = most;
    *a.count = before;
  }
  for (std::int64_t c = threadIdx.x; c < a.k; c += kInt8RowThreads) {
    const float value = __half2float(a.values[c]);
    a.codes[c] = activation_code(value, most, fabsf(value) >= Mode::kOutlierThreshold);
  }
}

// The output, before it is rounded, of a row of x and a row of W whose codes have the product
// `sum`.
template <class Mode>
__device__ __forceinline__ float with_outliers(const Int8View& a, const QuantizedView& q,
                                               std::int64_t x_row, std::int64_t w_row, int sum) {
  constexpr float kPerSquare = 1.0f / (127.0f * Mode::kFormatQmax);
  float kept = 0;
#pragma unroll 1  // few turns; unrolled, sm_100 spills
  for (int i = 0; i < *a.count; ++i) {
    const int c = a.columns[i];
    const float w = __half2float(__float2half_rn(weight_at<Mode>(q, w_row * a.k + c)));
    kept = __fadd_rn(kept, __fmul_rn(__half2float(a.values[x_row * a.k + c]), w));
  }
  const float scale = reinterpret_cast<const float*>(q.scales)[w_row];
  const float product = __fmul_rn(__fmul_rn(__int2float_rn(sum), a.row_absmax[x_row]), scale);
  return __fadd_rn(__fmul_rn(product, kPerSquare), kept);
}

// y: m x n. Grid: a thread an output.
template <class Mode, class T>
__global__ void __launch_bounds__(kInt8Threads)
    int8_product(Int8View a, QuantizedView q, T* __restrict__ y) {
  const std::int64_t out = static_cast<std::int64_t>(blockIdx.x) * kInt8Threads + threadIdx.x;
  if (out >= a.m * q.rows) return;
  const std::int64_t row = out / q.rows, column = out % q.rows;
  const auto* x_codes = a.codes + row * a.k;
  const auto* w_codes = reinterpret_cast<const std::int8_t*>(q.codes) + column * a.k;
  int sum = 0;
  for (std::int64_t i = 0; i < a.k; ++i) sum += x_codes[i] * w_codes[i];
  y[out] = from_f32<T>(with_outliers<Mode>(a, q, row, column, sum));
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
