// SPDX-License-Identifier: Apache-2.0
// As golden_ptx.cu, for the wrappers of kernels/emulator/ptx_sm90.h.
#include "kernels/emulator/ptx_sm90.h"

using namespace qbench::cuda;

#define GOLDEN extern "C" __global__ void

GOLDEN in_wgmma_row(int row, int chunk, int* out) { *out = ptx::in_wgmma_row(row, chunk); }
GOLDEN fence_proxy_async() { ptx::fence_proxy_async(); }
GOLDEN wgmma_fence() { ptx::wgmma_fence(); }
GOLDEN wgmma_commit() { ptx::wgmma_commit(); }
GOLDEN wgmma_wait() { ptx::wgmma_wait<1>(); }
GOLDEN wgmma_descriptor(const void* b, uint64_t* out) { *out = ptx::wgmma_descriptor(b); }

#define GOLDEN_WGMMA(name, adds)                                                          \
  GOLDEN name##_##adds(uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3, const void* b, \
                       float(*out)[4]) {                                                  \
    float d[8][4];                                                                        \
    for (int i = 0; i < 32; ++i) d[i / 4][i % 4] = out[i / 4][i % 4];                     \
    ptx::name<adds>(d, a0, a1, a2, a3, b);                                                \
    for (int i = 0; i < 32; ++i) out[i / 4][i % 4] = d[i / 4][i % 4];                     \
  }
GOLDEN_WGMMA(wgmma_m64n64k16_bf16, true)
GOLDEN_WGMMA(wgmma_m64n64k16_bf16, false)
GOLDEN_WGMMA(wgmma_m64n64k16_f16, true)
GOLDEN_WGMMA(wgmma_m64n64k16_f16, false)

GOLDEN wgmma_waited_for(float (*d)[4]) {
  float sums[8][4] = {};
  ptx::wgmma_waited_for(sums);
  d[0][0] = sums[0][0];
}
