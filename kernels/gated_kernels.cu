// SPDX-License-Identifier: Apache-2.0
// What scripts/kernel_gates reads: every kernel of every mode in bf16, and nothing of the host's.
#include "kernels/dequantize.cuh"
#include "kernels/double_quantize.cuh"
#include "kernels/gemm.cuh"
#include "kernels/int8.cuh"
#include "kernels/modes/e2m1.cuh"
#include "kernels/modes/fp4.cuh"
#include "kernels/modes/nf4.cuh"
#include "kernels/quantize.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

using T = __nv_bfloat16;

#define QBENCH_GATED_QUANTIZE(...)                                                           \
  template __global__ void find_scales<__VA_ARGS__, T>(const T*, QuantizedView, float*,      \
                                                       std::int64_t);                        \
  template __global__ void find_codes<__VA_ARGS__, T>(const T*, QuantizedView, const float*, \
                                                      std::int64_t);                         \
  template __global__ void dequantize<__VA_ARGS__, T>(QuantizedView, T*, std::int64_t)

#define QBENCH_GATED_MODE(...)                                                     \
  QBENCH_GATED_QUANTIZE(__VA_ARGS__);                                              \
  template __global__ void gemv<__VA_ARGS__, T>(const T*, QuantizedView, T*, int); \
  template __global__ void gemm<__VA_ARGS__, T>(const T*, QuantizedView, T*, std::int64_t)

QBENCH_GATED_MODE(BlockAbsmax<Nf4, false>);
QBENCH_GATED_MODE(BlockAbsmax<Nf4, true>);
QBENCH_GATED_MODE(BlockAbsmax<Fp4, false>);
QBENCH_GATED_MODE(BlockAbsmax<Fp4, true>);
QBENCH_GATED_MODE(AsymmetricInt4);
QBENCH_GATED_MODE(PowerOfTwo<E2m1>);
QBENCH_GATED_QUANTIZE(RowInt8);
template __global__ void find_outliers<T>(const T*, Int8View);
template __global__ void int8_product<T>(Int8View, QuantizedView, T*);

}  // namespace qbench::QBENCH_SIMT_DEVICE
