// SPDX-License-Identifier: Apache-2.0
// The products by wgmma of every mode, in bf16 and at its own block size, as gated_kernels.cu has
// the other kernels. They are compiled for sm_90a, counted and modelled; no record gates them until
// a GPU has run one.
#include <utility>

#include "kernels/formats/compiled.h"
#include "kernels/formats/family.h"
#include "kernels/matmul/gemm_wgmma.cuh"
#include "reference/modes.h"

namespace qbench::QBENCH_SIMT_DEVICE {

const void* volatile printed;

template <const Mode& M>
void print_mode() {
  if constexpr (M.quantized() && decodes_first(M)) {
    if constexpr (family_of(M).gemm_wgmma && M.block_size >= 32)
      printed = reinterpret_cast<const void*>(gemm_wgmma < Of<M>, __nv_bfloat16,
                                              M.block_size >= 64 ? 64 : 32 >);
  }
}

template <std::size_t... kMode>
void print_all(std::index_sequence<kMode...>) {
  (print_mode<*kModes[kMode]>(), ...);
}

void print_table() { print_all(std::make_index_sequence<kModes.size()>()); }

}  // namespace qbench::QBENCH_SIMT_DEVICE
