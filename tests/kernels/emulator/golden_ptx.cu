// SPDX-License-Identifier: Apache-2.0
// One kernel per wrapper of kernels/emulator/ptx.h, of the wrapper's name, with its operands in
// order as parameters; results go to the last one. golden_ptx.py reads the PTX.
#include "kernels/emulator/simt.h"

using namespace qbench::cuda;

#define GOLDEN extern "C" __global__ void

GOLDEN ld_stream_128(const void* p, uint4* out) { *out = ptx::ld_stream_128(p); }
GOLDEN st_128(void* p, const uint4* v) { ptx::st_128(p, *v); }
GOLDEN fence_acq_rel_gpu() { ptx::fence_acq_rel_gpu(); }
GOLDEN cp_async_16(void* to, const void* from) { ptx::cp_async_16(to, from); }
GOLDEN cp_async_16_zfill(void* to, const void* from, int bytes) {
  ptx::cp_async_16_zfill(to, from, bytes);
}
GOLDEN cp_async_4_zfill(void* to, const void* from, bool there) {
  ptx::cp_async_4_zfill(to, from, there);
}
GOLDEN cp_async_16_zfill_line(void* to, const void* from, int bytes) {
  ptx::cp_async_16_zfill_line(to, from, bytes);
}
GOLDEN prefetch_l2(const void* at) { ptx::prefetch_l2(at); }
GOLDEN kept(int x, int* out) { *out = ptx::kept(x); }
GOLDEN kept_pointer(int* p, int** out) { *out = ptx::kept(p); }
GOLDEN mul_ftz(float a, float b, float* out) { *out = ptx::mul_ftz(a, b); }
GOLDEN max_ftz(float a, float b, float* out) { *out = ptx::max_ftz(a, b); }
GOLDEN multiply_wide(uint32_t a, uint32_t b, uint64_t* out) { *out = ptx::multiply_wide(a, b); }

GOLDEN cp_async_commit() { ptx::cp_async_commit(); }
GOLDEN cp_async_wait() { ptx::cp_async_wait<2>(); }

GOLDEN ldmatrix_x4(const void* row, uint32_t* out) {
  uint32_t r[4];
  ptx::ldmatrix_x4(r, row);
  for (int i = 0; i < 4; ++i) out[i] = r[i];
}
GOLDEN ldmatrix_x4_trans(const void* row, uint32_t* out) {
  uint32_t r[4];
  ptx::ldmatrix_x4_trans(r, row);
  for (int i = 0; i < 4; ++i) out[i] = r[i];
}

#define GOLDEN_MMA(name, type)                                                           \
  GOLDEN name(type d0, type d1, type d2, type d3, uint32_t a0, uint32_t a1, uint32_t a2, \
              uint32_t a3, uint32_t b0, uint32_t b1, type* out) {                        \
    type d[4] = {d0, d1, d2, d3};                                                        \
    const uint32_t a[4] = {a0, a1, a2, a3}, b[2] = {b0, b1};                             \
    ptx::name(d, a, b);                                                                  \
    for (int i = 0; i < 4; ++i) out[i] = d[i];                                           \
  }
GOLDEN_MMA(mma_m16n8k16_bf16, float)
GOLDEN_MMA(mma_m16n8k16_f16, float)
GOLDEN_MMA(mma_m16n8k32_s8, int)

GOLDEN lop3(uint32_t a, uint32_t b, uint32_t c, uint32_t* out) { *out = ptx::lop3<0xca>(a, b, c); }
// CUDA's own, which the emulator takes for the instructions of these names.
GOLDEN byte_perm(uint32_t a, uint32_t b, uint32_t* out) { *out = __byte_perm(a, b, 0x3715); }
GOLDEN dp4a(int a, int b, int c, int* out) { *out = __dp4a(a, b, c); }
