// SPDX-License-Identifier: Apache-2.0
// The kernels that scripts/kernels/kernel_gates compiles and reads: those of every mode of the
// table, in bf16, and nothing of the host's. A kernel that the host names is compiled for the
// device. Parts of the table are compiled at once: QBENCH_PARTS says in how many, QBENCH_PART which
// of them this is.
#include <utility>

#include "kernels/dequantize/dequantize.cuh"
#include "kernels/dequantize/dequantize_wide.cuh"
#include "kernels/formats/compiled.h"
#include "kernels/formats/family.h"
#include "kernels/matmul/gemm.cuh"
#include "kernels/matmul/gemm_mma.cuh"
#include "kernels/matmul/gemm_wgmma.cuh"
#include "kernels/matmul/gemv_mma.cuh"
#include "kernels/matmul/int8_mma.cuh"
#include "kernels/matmul/lora.cuh"
#include "kernels/quantize/clipped_scales.cuh"
#include "kernels/quantize/double_quantize.cuh"
#include "kernels/quantize/mean_scales.cuh"
#include "kernels/quantize/quantize.cuh"
#include "kernels/quantize/quantize_wide.cuh"
#include "kernels/quantize/scale_candidates.cuh"
#include "kernels/quantize/tensor_scale.cuh"
#include "kernels/quantize/units.cuh"
#include "reference/modes.h"

namespace qbench::QBENCH_SIMT_DEVICE {

using T = __nv_bfloat16;

const void* volatile gated;

template <class... P>
void gate(void (*kernel)(P...)) {
  gated = reinterpret_cast<const void*>(kernel);
}

// The longest run along k that shares a scale at the mode's own block size, if it has one.
constexpr int own_segment(const Mode& mode) {
  return mode.block_size == 0 || mode.block_size >= 64 ? 64 : mode.block_size >= 32 ? 32 : 16;
}

template <const Mode& M, int kSegment>
void gate_products() {
  using F = Of<M>;
  gate(gemv_mma<F, T, kSegment, 1>);
  gate(gemv_mma<F, T, kSegment, 2>);
  if constexpr (family_of(M).gemm_mma) {
    gate(gemm_mma<F, T, kSegment, 16>);
    gate(gemm_mma<F, T, kSegment, 32>);
    if constexpr (kGemmMmaXRows<kSegment> == 64) gate(gemm_mma<F, T, kSegment, 64>);
  }
}

template <class F>
void gate_codes() {
  if constexpr (F::kMeans)
    gate(find_mean_scales<F, T>);
  else if constexpr (F::kClips)
    gate(find_clipped_scales<F, T>);
  else if constexpr (!kHasOneScale<F>)
    gate(find_scales<F, T>);
  if constexpr (kHasOneScale<F>) {
    gate(find_shares<F, T>);
    gate(store_scale_of_shares<F>);
  }
  if constexpr (F::kHasCandidates) gate(choose_scales<F, T>);
  if constexpr (F::kHasZero) gate(store_zero_points<F::kZeroBits>);
  if constexpr (F::kOuter == Outer::tensor) gate(store_under_largest<F>);
  if constexpr (F::kOuter == Outer::blocks_less_mean) gate(quantize_scales<F>);
  gate(find_codes<F, T>);
}

template <const Mode& M>
void gate_quantize() {
  constexpr Family kFamily = family_of(M);
  using F = Of<M>;
  if constexpr (kFamily.by_units) {
    gate(find_units<UnitsOf<M>, T>);
    gate(pack_bytes<F::kBits, F::kPacking>);
  } else if constexpr (kFamily.quantizes) {
    gate_codes<F>();
  }
  if constexpr (kFamily.wide_quantize) gate(quantize_wide<F, T>);
}

template <const Mode& M>
void gate_decoding() {
  constexpr Family kFamily = family_of(M);
  using F = Of<M>;
  gate(dequantize<F, T>);
  if constexpr (kFamily.wide) gate(dequantize_wide<F, T>);
  if constexpr (kFamily.gemv_mma) {
    gate_products<M, own_segment(M)>();
    if constexpr (F::kLeastBlock == 16 && own_segment(M) != 16) gate_products<M, 16>();
  }
  if constexpr (kFamily.llm_int8) {
    gate(find_outliers<F, T>);
    gate(quantize_row<F, T>);
    gate(int8_product<F, T>);
    gate(int8_mma<F, T, 1>);
    gate(int8_mma<F, T, kInt8MmaColumns>);
  } else {
    gate(gemv<F, T>);
    gate(gemm<F, T>);
  }
}

template <const Mode& M, bool kHere>
void gate_mode() {
  constexpr Family kFamily = family_of(M);
  if constexpr (kHere && kFamily.served) {
    gate_quantize<M>();
    if constexpr (decodes_first(M)) gate_decoding<M>();
  }
}

template <std::size_t... kMode>
void gate_all(std::index_sequence<kMode...>) {
  (gate_mode<*kModes[kMode], kMode % QBENCH_PARTS == QBENCH_PART>(), ...);
}

void gate_adapters() {
  gate(widen<T>);
  gate(lora_down<T>);
  gate(lora_up<T>);
}

void gate_table() { gate_all(std::make_index_sequence<kModes.size()>()); }

// The shared memory that launches add to a block of a kernel, which scripts/kernels reads from the
// PTX by these names: of a kind, or of a kind and its last parameter (gemv_mma_1), or the "launch"
// of a kernel in gates.json.
extern "C" {
__device__ const int dynamic_shared_of_gemv_mma_1 = gemv_mma_shared(false, 1);
__device__ const int dynamic_shared_of_gemv_mma_2 = gemv_mma_shared(false, 2);
__device__ const int dynamic_shared_of_gemv_mma_table_1 = gemv_mma_shared(true, 1);
__device__ const int dynamic_shared_of_gemv_mma_table_2 = gemv_mma_shared(true, 2);
__device__ const int dynamic_shared_of_gemm_mma = kGemmMmaShared<32>;
__device__ const int dynamic_shared_of_gemm_mma_64 = kGemmMmaShared<64>;
__device__ const int dynamic_shared_of_gemm_wgmma = kGemmWgmmaShared;
__device__ const int dynamic_shared_of_int8_mma = kInt8MmaShared;
}

void gate_shared() {
  gated = &dynamic_shared_of_gemv_mma_1;
  gated = &dynamic_shared_of_gemv_mma_2;
  gated = &dynamic_shared_of_gemv_mma_table_1;
  gated = &dynamic_shared_of_gemv_mma_table_2;
  gated = &dynamic_shared_of_gemm_mma;
  gated = &dynamic_shared_of_gemm_mma_64;
  gated = &dynamic_shared_of_gemm_wgmma;
  gated = &dynamic_shared_of_int8_mma;
}

// A segment of 32 where blocks are not multiples of 64.
void gate_nf4_in_32() { gate(gemv_mma<Of<kNf4>, T, 32, 1>); }

}  // namespace qbench::QBENCH_SIMT_DEVICE
