// SPDX-License-Identifier: Apache-2.0
// wgmma against plain loops, and what goes wrong with it. The values are small integers, so that
// sums are exact in any order.
#pragma once

#include "kernels/emulator/ptx_sm90.h"
#include "tests/kernels/emulator/kernels/matrix.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

enum class Wgmma {
  right,
  copies_not_shown,
  some_copies_not_shown,
  not_fenced,
  not_waited_for,
  sums_read_early,
  sums_changed,
  a_changed,
  b_changed,
  other_b
};

constexpr int kWgmmaSide = 64, kWgmmaK = 64;  // rows of A and of B; four products along k

// out = A B plus the number of the warpgroup, of two. `a` and `b` are 64 x 64 row-major; row c of
// `b` is column c of B.
template <Wgmma variant, class T>
__global__ void wgmma(const T* a, const T* b, float* out) {
  QBENCH_DYNAMIC_SHARED(shared);
  if constexpr (ptx::kHasWgmma) {
    const int thread = static_cast<int>(threadIdx.x), warp = thread / 32 % 4, lane = thread % 32;
    const int g = lane / 4, t = lane % 4;
    for (int i = thread; i < kWgmmaSide * kWgmmaK / 2; i += static_cast<int>(blockDim.x)) {
      const int row = i / (kWgmmaK / 2), pair = i % (kWgmmaK / 2);
      ptx::cp_async_4_zfill(
          shared + row * ptx::kWgmmaRowBytes + ptx::in_wgmma_row(row, pair / 4) + pair % 4 * 4,
          b + 2 * i, true);
    }
    ptx::cp_async_commit();
    ptx::cp_async_wait<0>();
    const bool some = variant == Wgmma::some_copies_not_shown && lane % 4 == 0;
    if (variant != Wgmma::copies_not_shown && !some) ptx::fence_proxy_async();
    __syncthreads();
    uint32_t fragment[kWgmmaK / 16][4];
    for (int r = 0; r < 4; ++r)
      for (int i = 0; i < kWgmmaK / 16; ++i)
        fragment[i][r] = *reinterpret_cast<const uint32_t*>(
            a + (16 * warp + g + 8 * (r % 2)) * kWgmmaK + 16 * i + 2 * t + 8 * (r / 2));
    // Products 0 and 1 are added to the number of the warpgroup, 2 and 3 to nothing.
    float d[8][4], e[8][4];
    for (int c = 0; c < 8; ++c)
      for (int v = 0; v < 4; ++v) d[c][v] = static_cast<float>(thread / 128);
    const auto multiply = [&]<bool kAdds>(std::bool_constant<kAdds>, float(&to)[8][4], int i) {
      const auto& of = fragment[i];
      const unsigned char* const from = shared + 32 * (variant == Wgmma::other_b ? warp % 2 : i);
      if constexpr (std::is_same_v<T, __half>)
        ptx::wgmma_m64n64k16_f16<kAdds>(to, of[0], of[1], of[2], of[3], from);
      else
        ptx::wgmma_m64n64k16_bf16<kAdds>(to, of[0], of[1], of[2], of[3], from);
    };
    if (variant != Wgmma::not_fenced) ptx::wgmma_fence();
    multiply(std::true_type(), d, 0);
    ptx::wgmma_commit();
    ptx::wgmma_fence();
    multiply(std::true_type(), d, 1);
    multiply(std::false_type(), e, 2);
    multiply(std::true_type(), e, 3);
    ptx::wgmma_commit();
    if (variant == Wgmma::a_changed) fragment[0][3] += 1;
    if (variant == Wgmma::b_changed) shared[thread * 32] ^= 1;
    if (variant == Wgmma::sums_changed) e[1][1] = 0;
    if (variant == Wgmma::sums_read_early) ptx::wgmma_wait<1>();
    const auto write = [&] {
      for (int c = 0; c < 8; ++c)
        for (int v = 0; v < 4; ++v)
          out[(thread / 128 * kWgmmaSide + 16 * warp + g + 8 * (v / 2)) * kWgmmaSide + 8 * c +
              2 * t + v % 2] = d[c][v] + e[c][v];
    };
    if (variant == Wgmma::sums_read_early) write();
    if (variant != Wgmma::not_waited_for) ptx::wgmma_wait<0>();
    ptx::wgmma_waited_for(d);
    ptx::wgmma_waited_for(e);
    if (variant != Wgmma::sums_read_early) write();
  }
}

template <Wgmma variant, class T>
bool wgmma_is_right(Device& device) {
  constexpr int kSize = kWgmmaSide * kWgmmaK;
  std::vector<T> a(kSize), b(kSize);
  std::vector<float> expected(2 * kWgmmaSide * kWgmmaSide);
  for (int i = 0; i < kSize; ++i) {
    a[i] = static_cast<T>(static_cast<float>(matrix_value(i)));
    b[i] = static_cast<T>(static_cast<float>(matrix_value(i + 999)));
  }
  for (int i = 0; i < static_cast<int>(expected.size()); ++i) {
    const int row = i / kWgmmaSide % kWgmmaSide, column = i % kWgmmaSide;
    int sum = i / (kWgmmaSide * kWgmmaSide);
    for (int k = 0; k < kWgmmaK; ++k)
      sum += matrix_value(row * kWgmmaK + k) * matrix_value(column * kWgmmaK + k + 999);
    expected[i] = static_cast<float>(sum);
  }
  const DeviceBuffer<T> device_a(device, a), device_b(device, b);
  const DeviceBuffer<float> out(device, expected.size());
  launch(device, {.block = {256}, .shared_bytes = kWgmmaSide * ptx::kWgmmaRowBytes},
         wgmma<variant, T>, device_a.data(), device_b.data(), out.data());
  return out.to_host() == expected;
}

inline bool wgmma_bf16_right(Device& device) {
  return wgmma_is_right<Wgmma::right, __nv_bfloat16>(device);
}
inline bool wgmma_f16_right(Device& device) { return wgmma_is_right<Wgmma::right, __half>(device); }
template <Wgmma variant>
bool wgmma_fault(Device& device) {
  return wgmma_is_right<variant, __nv_bfloat16>(device);
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
