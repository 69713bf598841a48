// SPDX-License-Identifier: Apache-2.0
// ldmatrix and mma against plain loops. The values are small integers, so that sums are exact in
// any order.
#pragma once

#include "kernels/emulator/simt.h"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kRowsD = 16, kColumnsD = 8;

// D = A B + D for one warp. `a` is 16 x K row-major, `b` 8 x K (column-major); K is 16 elements of
// 2 bytes or 32 of 1, so a row has 32 bytes. A comes through ldmatrix, B is loaded directly.
template <class D, class Multiply>
__device__ void multiply_tile(const unsigned char* a, const unsigned char* b, D* d,
                              Multiply multiply) {
  QBENCH_SHARED(unsigned char[16 * 32], tile);
  const int lane = static_cast<int>(threadIdx.x), g = lane / 4, t = lane % 4;
  for (int i = 0; i < 16; ++i) tile[lane * 16 + i] = a[lane * 16 + i];
  __syncwarp();
  uint32_t af[4], bf[2];
  // Matrices 0 and 1: rows 0-7 and 8-15 of the first half of k; 2 and 3: of the second.
  ptx::ldmatrix_x4(af, tile + lane % 16 * 32 + lane / 16 * 16);
  for (int half = 0; half < 2; ++half)
    bf[half] = reinterpret_cast<const uint32_t*>(b)[g * 8 + half * 4 + t];
  D sum[4];
  for (int v = 0; v < 4; ++v) sum[v] = d[(g + 8 * (v / 2)) * kColumnsD + 2 * t + v % 2];
  multiply(sum, af, bf);
  for (int v = 0; v < 4; ++v) d[(g + 8 * (v / 2)) * kColumnsD + 2 * t + v % 2] = sum[v];
}

__global__ void mma_bf16(const unsigned char* a, const unsigned char* b, float* d) {
  multiply_tile(a, b, d, [](float(&s)[4], const uint32_t(&x)[4], const uint32_t(&y)[2]) {
    ptx::mma_m16n8k16_bf16(s, x, y);
  });
}
__global__ void mma_f16(const unsigned char* a, const unsigned char* b, float* d) {
  multiply_tile(a, b, d, [](float(&s)[4], const uint32_t(&x)[4], const uint32_t(&y)[2]) {
    ptx::mma_m16n8k16_f16(s, x, y);
  });
}
__global__ void mma_s8(const unsigned char* a, const unsigned char* b, int* d) {
  multiply_tile(a, b, d, [](int(&s)[4], const uint32_t(&x)[4], const uint32_t(&y)[2]) {
    ptx::mma_m16n8k32_s8(s, x, y);
  });
}

inline int matrix_value(int i) { return i * 7919 % 61 - 30; }

template <class T, class D>
bool mma_is_right(Device& device, void (*kernel)(const unsigned char*, const unsigned char*, D*)) {
  constexpr int kK = 32 / sizeof(T);
  std::vector<T> a(kRowsD * kK), b(kColumnsD * kK);
  std::vector<D> d(kRowsD * kColumnsD), expected(d.size());
  for (int i = 0; i < kRowsD * kK; ++i) a[i] = static_cast<T>(static_cast<float>(matrix_value(i)));
  for (int i = 0; i < kColumnsD * kK; ++i)
    b[i] = static_cast<T>(static_cast<float>(matrix_value(i + 999)));
  for (int i = 0; i < kRowsD * kColumnsD; ++i) {
    d[i] = static_cast<D>(i);
    int sum = i;
    for (int k = 0; k < kK; ++k)
      sum += matrix_value(i / kColumnsD * kK + k) * matrix_value(i % kColumnsD * kK + k + 999);
    expected[i] = static_cast<D>(sum);
  }
  const DeviceBuffer<T> device_a(device, a), device_b(device, b);
  const DeviceBuffer<D> device_d(device, d);
  launch(device, {.block = {32}}, kernel, reinterpret_cast<const unsigned char*>(device_a.data()),
         reinterpret_cast<const unsigned char*>(device_b.data()), device_d.data());
  return device_d.to_host() == expected;
}

inline bool mma_bf16_right(Device& device) { return mma_is_right<__nv_bfloat16>(device, mma_bf16); }
inline bool mma_f16_right(Device& device) { return mma_is_right<__half>(device, mma_f16); }
inline bool mma_s8_right(Device& device) { return mma_is_right<signed char>(device, mma_s8); }

// Every matrix transposed: out holds its elements in row-major order again.
__global__ void ldmatrix_trans(const uint16_t* in, uint16_t* out) {
  QBENCH_SHARED(uint16_t[4][8][8], tile);
  const int lane = static_cast<int>(threadIdx.x), g = lane / 4, t = lane % 4;
  for (int i = 0; i < 8; ++i) tile[lane / 8][lane % 8][i] = in[lane * 8 + i];
  __syncwarp();
  uint32_t r[4];
  ptx::ldmatrix_x4_trans(r, tile[lane / 8][lane % 8]);
  for (int j = 0; j < 4; ++j) {
    out[j * 64 + g * 8 + 2 * t] = static_cast<uint16_t>(r[j]);
    out[j * 64 + g * 8 + 2 * t + 1] = static_cast<uint16_t>(r[j] >> 16);
  }
}

inline bool ldmatrix_trans_right(Device& device) {
  std::vector<uint16_t> values(256), expected(256);
  for (int i = 0; i < 256; ++i) {
    values[i] = static_cast<uint16_t>(3 * i + 1);
    expected[i / 64 * 64 + i % 8 * 8 + i % 64 / 8] = values[i];
  }
  const DeviceBuffer<uint16_t> in(device, values), out(device, 256);
  launch(device, {.block = {32}}, ldmatrix_trans, in.data(), out.data());
  return out.to_host() == expected;
}

__global__ void mma_alone(int* out) {
  const uint32_t a[4] = {}, b[2] = {};
  int d[4] = {};
  ptx::mma_m16n8k32_s8(d, a, b);
  out[threadIdx.x] = d[0];
}
inline bool mma_in_part_of_a_warp(Device& device) {
  const DeviceBuffer<int> out(device, 16);
  launch(device, {.block = {16}}, mma_alone, out.data());
  return true;
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
