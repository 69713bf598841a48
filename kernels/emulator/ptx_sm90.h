// SPDX-License-Identifier: Apache-2.0
// The PTX instructions of sm_90a: products of a warpgroup, which are four warps, out of registers
// and shared memory, behind the threads' backs. As in ptx.h, each is one function.
//
// wgmma.m64n64k16: warp w of the warpgroup has rows 16 w to 16 w + 15 of A and D; in them its
// fragment of A is that of mma.m16n8k16, and d[c] is that of D for columns 8 c to 8 c + 7. B is
// K-major in shared memory, 64 rows of 128 bytes from a multiple of 1024 on, whose chunks of 16
// bytes are permuted by in_wgmma_row() (PTX ISA, "Asynchronous Warpgroup Level Matrix
// Instructions": register fragments, 128-byte swizzling mode, matrix descriptor).
#pragma once

#include "kernels/emulator/simt.h"

#if !defined(__CUDACC__)
#include "kernels/emulator/wgmma_emulated.h"
#endif

namespace qbench::QBENCH_SIMT_DEVICE::ptx {

// True where these instructions exist. Kernels that use them have no body elsewhere.
#if defined(__CUDA_ARCH__) && !defined(__CUDA_ARCH_FEAT_SM90_ALL)
constexpr bool kHasWgmma = false;
#else
constexpr bool kHasWgmma = true;
#endif

constexpr int kWgmmaRowBytes = 128;
// Where chunk `chunk` of a row of B lies in the row.
QBENCH_PTX int in_wgmma_row(int row, int chunk) { return (chunk ^ (row & 7)) * 16; }

// Shows what this thread wrote to shared memory, and copies that it has waited for, to what reads
// it asynchronously; to products of other threads behind a barrier.
QBENCH_PTX void fence_proxy_async() {
#if defined(__CUDACC__)
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
#else
  ++simt::current->proxy_fences;
#endif
}

// Orders what was done to registers before products that take them. Needed behind all that writes
// A or sums; the emulator asks for one in each group.
QBENCH_PTX void wgmma_fence() {
#if defined(__CUDACC__)
  asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
#else
  simt::current->products_fenced = true;
#endif
}

// Closes the group of the products issued since the last one.
QBENCH_PTX void wgmma_commit() {
#if defined(__CUDACC__)
  asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
#else
  ++simt::current->product_group;
  simt::current->products_fenced = false;
#endif
}

// Waits for all groups but the last `pending` ones: their sums are there, their operands are free.
template <int pending>
QBENCH_PTX void wgmma_wait(QBENCH_SITE) {
#if defined(__CUDACC__)
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(pending) : "memory");
#else
  finish_products(pending, site.of("wgmma_wait"));
#endif
}

// Sums that have been waited for. Without it nothing would tie what is computed of them to the
// wait.
QBENCH_PTX void wgmma_waited_for(float (&d)[8][4]) {
#if defined(__CUDACC__)
  for (float(&column)[4] : d)
    asm volatile("" : "+f"(column[0]), "+f"(column[1]), "+f"(column[2]), "+f"(column[3])::"memory");
#else
  static_cast<void>(d);
#endif
}

#if defined(__CUDACC__)
// The descriptor of B: its address, 1024 bytes from 8 rows to the next 8, chunks permuted in 128.
QBENCH_PTX uint64_t wgmma_descriptor(const void* b) {
  return (shared_address(b) & 0x3ffff) >> 4 | uint64_t{1} << 16 | uint64_t{1024 >> 4} << 32 |
         uint64_t{1} << 62;
}
#endif

// d (64 x 64, f32) += a (64 x 16) * b (16 x 64), or = where kAdds is false. `b` is where the 16
// columns begin in the first row of B. `type`: bf16 or f16, of A and B.
#if defined(__CUDACC__)
#define QBENCH_SUMS_4(c) "+f"(d[c][0]), "+f"(d[c][1]), "+f"(d[c][2]), "+f"(d[c][3])
#define QBENCH_SUMS                                                                         \
  QBENCH_SUMS_4(0), QBENCH_SUMS_4(1), QBENCH_SUMS_4(2), QBENCH_SUMS_4(3), QBENCH_SUMS_4(4), \
      QBENCH_SUMS_4(5), QBENCH_SUMS_4(6), QBENCH_SUMS_4(7)
#define QBENCH_MULTIPLY(type)                                                             \
  asm volatile(                                                                           \
      "{\n.reg .pred adds;\nsetp.ne.b32 adds, %37, 0;\n"                                  \
      "wgmma.mma_async.sync.aligned.m64n64k16.f32." #type "." #type                       \
      " {%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "          \
      "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31}, " \
      "{%32, %33, %34, %35}, %36, adds, 1, 1, 0;\n}"                                      \
      : QBENCH_SUMS                                                                       \
      : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "l"(wgmma_descriptor(b)), "n"(kAdds ? 1 : 0))
#else
#define QBENCH_MULTIPLY(type)                                             \
  issue_product(d, {&a0, &a1, &a2, &a3}, b, kAdds, simt::WgmmaType::type, \
                site.of("wgmma_m64n64k16"))
#endif
template <bool kAdds>
QBENCH_PTX void wgmma_m64n64k16_bf16(float (&d)[8][4], const uint32_t& a0, const uint32_t& a1,
                                     const uint32_t& a2, const uint32_t& a3, const void* b,
                                     QBENCH_SITE) {
  QBENCH_MULTIPLY(bf16);
}
template <bool kAdds>
QBENCH_PTX void wgmma_m64n64k16_f16(float (&d)[8][4], const uint32_t& a0, const uint32_t& a1,
                                    const uint32_t& a2, const uint32_t& a3, const void* b,
                                    QBENCH_SITE) {
  QBENCH_MULTIPLY(f16);
}
#undef QBENCH_MULTIPLY
#undef QBENCH_SUMS
#undef QBENCH_SUMS_4

}  // namespace qbench::QBENCH_SIMT_DEVICE::ptx
