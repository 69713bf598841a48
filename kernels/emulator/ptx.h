// SPDX-License-Identifier: Apache-2.0
// Every PTX instruction of the kernels that are emulated, but for those of ptx_sm90.h, as one
// function: asm for the device, and beside it what the emulator does. Only `device/clocks_cuda.cu`,
// which is not emulated, has asm of its own. tests/kernels/emulator/golden_ptx checks the asm.
//
// Fragments of mma: lane l, g = l / 4, t = l % 4, v the v-th element of the lane's registers, low
// part first:
//   m16n8k16 (bf16, f16)  A(g + 8 (v/2 % 2), 2t + v%2 + 8 (v/4))   B(2t + v%2 + 8 (v/2), g)
//   m16n8k32 (s8)         A(g + 8 (v/4 % 2), 4t + v%4 + 16 (v/8))  B(4t + v%4 + 16 (v/4), g)
//   both                  C, D(g + 8 (v/2), 2t + v%2)
#pragma once

#include <cstdint>

#include "kernels/emulator/ptx_wrapper.h"

#if !defined(__CUDACC__)
#include "kernels/emulator/ptx_emulated.h"
#endif

namespace qbench::QBENCH_SIMT_DEVICE::ptx {

#if defined(__CUDACC__)
QBENCH_PTX uint32_t shared_address(const void* p) {
  return static_cast<uint32_t>(__cvta_generic_to_shared(p));
}
#endif

// Returns its argument, a number or a pointer to global memory, as a value that the compiler cannot
// see through. It then stays in a register instead of being computed again in a loop.
QBENCH_PTX int kept(int x) {
#if defined(__CUDACC__)
  asm volatile("" : "+r"(x));
#endif
  return x;
}
template <class T>
QBENCH_PTX T* kept(T* p) {
#if defined(__CUDACC__)
  asm volatile("" : "+l"(p));
  __builtin_assume(__isGlobal(p));
#endif
  return p;
}

// The 64-bit product of two 32-bit numbers. One instruction makes it and adds it to a pointer.
QBENCH_PTX uint64_t multiply_wide(uint32_t a, uint32_t b) {
#if defined(__CUDACC__)
  uint64_t product;
  asm("mul.wide.u32 %0, %1, %2;" : "=l"(product) : "r"(a), "r"(b));
  return product;
#else
  return std::uint64_t{a} * b;
#endif
}

// As bitsandbytes' kernels compute: subnormal operands and results are zeros of their sign.
QBENCH_PTX float mul_ftz(float a, float b) {
#if defined(__CUDACC__)
  float product;
  asm("mul.rn.ftz.f32 %0, %1, %2;" : "=f"(product) : "f"(a), "f"(b));
  return product;
#else
  return without_subnormals(without_subnormals(a) * without_subnormals(b));
#endif
}
// The larger, and a number rather than NaN; subnormal ones are zeros.
QBENCH_PTX float max_ftz(float a, float b) {
#if defined(__CUDACC__)
  float larger;
  asm("max.ftz.f32 %0, %1, %2;" : "=f"(larger) : "f"(a), "f"(b));
  return larger;
#else
  return fmaxf(without_subnormals(a), without_subnormals(b));
#endif
}

// 16 bytes of read-only global memory that are used once (weights).
QBENCH_PTX uint4 ld_stream_128(const void* p, QBENCH_SITE) {
#if defined(__CUDACC__)
  uint4 v;
  asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
               : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
               : "l"(p));
  return v;
#else
  return load_128(p, site.of("ld_stream_128"));
#endif
}

// 16 bytes to global memory in one access, also where the compiler would store four words.
QBENCH_PTX void st_128(void* p, const uint4& v, QBENCH_SITE) {
#if defined(__CUDACC__)
  asm volatile("st.global.v4.u32 [%0], {%1, %2, %3, %4};" ::"l"(p), "r"(v.x), "r"(v.y), "r"(v.z),
               "r"(v.w)
               : "memory");
#else
  store_128(p, v, site.of("st_128"));
#endif
}

// Orders the accesses of this thread, and those of others that it has seen, on both sides, for
// every thread of the device: with an atomic behind it a release, with one before it an acquire.
// Unlike __threadfence(), which is fence.sc, it puts fences themselves into no order.
QBENCH_PTX void fence_acq_rel_gpu() {
#if defined(__CUDACC__)
  asm volatile("fence.acq_rel.gpu;" ::: "memory");
#else
  simt::thread_fence();
#endif
}

// Copies 16 bytes from global to shared memory behind the thread's back: there once
// cp_async_wait() has waited for its group, to other threads after a barrier as well.
QBENCH_PTX void cp_async_16(void* to, const void* from, QBENCH_SITE) {
#if defined(__CUDACC__)
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(shared_address(to)), "l"(from)
               : "memory");
#else
  issue_copy(to, from, 16, 16, site.of("cp_async_16"));
#endif
}

// The same, but reads only `bytes` (0 to 16); the rest becomes zero.
QBENCH_PTX void cp_async_16_zfill(void* to, const void* from, int bytes, QBENCH_SITE) {
#if defined(__CUDACC__)
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(to)), "l"(from),
               "r"(bytes)
               : "memory");
#else
  issue_copy(to, from, 16, bytes, site.of("cp_async_16_zfill"));
#endif
}

// The same of 4 bytes: reads them, or none where `there` is false.
QBENCH_PTX void cp_async_4_zfill(void* to, const void* from, bool there, QBENCH_SITE) {
#if defined(__CUDACC__)
  asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(shared_address(to)), "l"(from),
               "r"(there ? 4 : 0)
               : "memory");
#else
  issue_copy(to, from, 4, there ? 4 : 0, site.of("cp_async_4_zfill"));
#endif
}

// The same of a part of a line of 128 bytes whose other parts are copied too: L2 fetches it whole.
QBENCH_PTX void cp_async_16_zfill_line(void* to, const void* from, int bytes, QBENCH_SITE) {
#if defined(__CUDACC__)
  asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], 16, %2;" ::"r"(shared_address(to)),
               "l"(from), "r"(bytes)
               : "memory");
#else
  issue_copy(to, from, 16, bytes, site.of("cp_async_16_zfill_line"));
#endif
}

// Brings the sector of an address of global memory to L2. Nothing waits for it.
QBENCH_PTX void prefetch_l2(const void* at) {
#if defined(__CUDACC__)
  asm volatile("prefetch.global.L2 [%0];" ::"l"(at));
#else
  static_cast<void>(at);
#endif
}

// Closes the group of the copies issued since the last one.
QBENCH_PTX void cp_async_commit() {
#if defined(__CUDACC__)
  asm volatile("cp.async.commit_group;" ::: "memory");
#else
  ++simt::current->copy_group;
#endif
}

// Waits for all groups but the last `pending` ones.
template <int pending>
QBENCH_PTX void cp_async_wait() {
#if defined(__CUDACC__)
  asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory");
#else
  finish_copies(pending);
#endif
}

// Four 8 x 8 matrices of 16-bit elements from shared memory; lane 8 j + i gives row i of matrix j.
// Register j: elements 2t and 2t + 1 of row g of matrix j.
QBENCH_PTX void ldmatrix_x4(uint32_t (&r)[4], const void* row, QBENCH_SITE) {
#if defined(__CUDACC__)
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(row))
               : "memory");
#else
  load_matrices(r, row, false, site.of("ldmatrix_x4"));
#endif
}

// Transposed: register j holds elements 2t and 2t + 1 of column g.
QBENCH_PTX void ldmatrix_x4_trans(uint32_t (&r)[4], const void* row, QBENCH_SITE) {
#if defined(__CUDACC__)
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(row))
               : "memory");
#else
  load_matrices(r, row, true, site.of("ldmatrix_x4_trans"));
#endif
}

// d (16 x 8, f32) += a (16 x 16, row-major) * b (16 x 8, column-major).
QBENCH_PTX void mma_m16n8k16_bf16(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2],
                                  QBENCH_SITE) {
#if defined(__CUDACC__)
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#else
  multiply(d, a, b, simt::mma_m16n8k16_bf16, site.of("mma_m16n8k16_bf16"));
#endif
}

QBENCH_PTX void mma_m16n8k16_f16(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2],
                                 QBENCH_SITE) {
#if defined(__CUDACC__)
  asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#else
  multiply(d, a, b, simt::mma_m16n8k16_f16, site.of("mma_m16n8k16_f16"));
#endif
}

// d (16 x 8, s32) += a (16 x 32, row-major) * b (32 x 8, column-major).
QBENCH_PTX void mma_m16n8k32_s8(int (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2],
                                QBENCH_SITE) {
#if defined(__CUDACC__)
  asm("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 "
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#else
  multiply(d, a, b, simt::mma_m16n8k32_s8, site.of("mma_m16n8k32_s8"));
#endif
}

// Applies a function of three bits to every bit position; its value for bits a, b, c is bit
// 4 a + 2 b + c of `table`.
template <int table>
QBENCH_PTX uint32_t lop3(uint32_t a, uint32_t b, uint32_t c) {
  uint32_t result = 0;
#if defined(__CUDACC__)
  asm("lop3.b32 %0, %1, %2, %3, %4;" : "=r"(result) : "r"(a), "r"(b), "r"(c), "n"(table));
#else
  for (int i = 0; i < 8; ++i)
    if (table >> i & 1) result |= (i & 4 ? a : ~a) & (i & 2 ? b : ~b) & (i & 1 ? c : ~c);
#endif
  return result;
}

}  // namespace qbench::QBENCH_SIMT_DEVICE::ptx
