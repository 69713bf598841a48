// SPDX-License-Identifier: Apache-2.0
// What scripts/kernels/kernel_gates reads: every kernel of every mode in bf16, and nothing of the
// host's.
#include "kernels/dequantize.cuh"
#include "kernels/dequantize_wide.cuh"
#include "kernels/double_quantize.cuh"
#include "kernels/gemm.cuh"
#include "kernels/gemm_mma.cuh"
#include "kernels/gemv_mma.cuh"
#include "kernels/int8_mma.cuh"
#include "kernels/modes/e2m1.cuh"
#include "kernels/modes/fp4.cuh"
#include "kernels/modes/nf4.cuh"
#include "kernels/quantize.cuh"
#include "kernels/quantize_wide.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

using T = __nv_bfloat16;

#define QBENCH_GATED_QUANTIZE(...)                                                           \
  template __global__ void find_scales<__VA_ARGS__, T>(const T*, QuantizedView, float*,      \
                                                       std::int64_t);                        \
  template __global__ void find_codes<__VA_ARGS__, T>(const T*, QuantizedView, const float*, \
                                                      std::int64_t);                         \
  template __global__ void dequantize<__VA_ARGS__, T>(QuantizedView, T*, std::int64_t)

// SEGMENT: the longest run along k that shares a scale at the mode's own block size.
#define QBENCH_GATED_MODE(SEGMENT, ...)                                                            \
  QBENCH_GATED_QUANTIZE(__VA_ARGS__);                                                              \
  template __global__ void dequantize_wide<__VA_ARGS__, T>(QuantizedView, T*, bool);               \
  template __global__ void gemv<__VA_ARGS__, T>(const T*, QuantizedView, T*, int);                 \
  template __global__ void gemm<__VA_ARGS__, T>(const T*, QuantizedView, T*, std::int64_t);        \
  template __global__ void gemv_mma<__VA_ARGS__, T, SEGMENT, 1>(const T*, QuantizedView, T*, int); \
  template __global__ void gemv_mma<__VA_ARGS__, T, SEGMENT, 2>(const T*, QuantizedView, T*, int); \
  template __global__ void gemm_mma<__VA_ARGS__, T, SEGMENT>(const T*, QuantizedView, T*,          \
                                                             std::int64_t)

using Nf4Absmax = BlockAbsmax<Nf4, false>;

QBENCH_GATED_MODE(64, Nf4Absmax);
QBENCH_GATED_MODE(64, BlockAbsmax<Nf4, true>);
QBENCH_GATED_MODE(64, BlockAbsmax<Fp4, false>);
QBENCH_GATED_MODE(64, BlockAbsmax<Fp4, true>);
QBENCH_GATED_MODE(64, AsymmetricInt4);
QBENCH_GATED_MODE(32, PowerOfTwo<E2m1>);
template __global__ void gemv_mma<Nf4Absmax, T, 32, 1>(const T*, QuantizedView, T*, int);
template __global__ void gemv_mma<AsymmetricInt4, T, 16, 1>(const T*, QuantizedView, T*, int);
template __global__ void gemv_mma<AsymmetricInt4, T, 16, 2>(const T*, QuantizedView, T*, int);
template __global__ void gemm_mma<AsymmetricInt4, T, 16>(const T*, QuantizedView, T*, std::int64_t);
template __global__ void quantize_wide<Nf4, T>(const T*, QuantizedView, float*);
template __global__ void quantize_wide<Fp4, T>(const T*, QuantizedView, float*);
template __global__ void int8_mma<T, 1>(Int8View, QuantizedView, T*);
template __global__ void int8_mma<T, kInt8MmaColumns>(Int8View, QuantizedView, T*);
QBENCH_GATED_QUANTIZE(RowInt8);
template __global__ void find_outliers<T>(const T*, Int8View);
template __global__ void int8_product<T>(Int8View, QuantizedView, T*);

}  // namespace qbench::QBENCH_SIMT_DEVICE
