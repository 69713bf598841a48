// SPDX-License-Identifier: Apache-2.0
// nf4's codes on a device: the twin of reference/modes/nf4.h, with constants of its own.
#pragma once

#include <type_traits>

#include "kernels/simt/simt.h"

namespace qbench::QBENCH_SIMT_DEVICE {

__constant__ unsigned kNf4Values[16] = {
    0xbf800000, 0xbf3239b1, 0xbf066b30, 0xbeca32a0, 0xbe91a24d, 0xbe3d353f, 0xbdba7871, 0x00000000,
    0x3da2faff, 0x3e24cae3, 0x3e7c04dd, 0x3ead033a, 0x3ee1a4b8, 0x3f1007ab, 0x3f3913b3, 0x3f800000};

// Between code i and i + 1.
__constant__ unsigned kNf4Thresholds[15] = {
    0xbf591cd9, 0xbf1c5270, 0xbeeb8480, 0xbeadea76, 0xbe703cec, 0xbe0d38bc, 0xbd3a7871, 0x3d22faff,
    0x3df64863, 0x3e5067e0, 0x3e9582d4, 0x3ec753f9, 0x3f006d03, 0x3f248daf, 0x3f5c89d9};

struct Nf4 {
  static constexpr int kBits = 4;
  static constexpr bool kHighFirst = true;
  // The largest error of a rounded level is least: 1.56e-3 of it in bf16, 1.7e-4 in fp16.
  template <class T>
  static constexpr float kGain = std::is_same_v<T, __half> ? 0.819244385f : 0.594406128f;
  static constexpr double kRoundoffs = 0.5;  // of T, in a level so rounded

  static __device__ __forceinline__ float value(unsigned code) {
    return __uint_as_float(kNf4Values[code]);
  }
  // By bisection; NaN is above no threshold.
  static __device__ __forceinline__ unsigned encode(float x) {
    unsigned code = 0;
    for (unsigned half = 8; half > 0; half /= 2)
      code += x > __uint_as_float(kNf4Thresholds[code + half - 1]) ? half : 0;
    return code;
  }
};

// The same codes by one look-up: [-1, 1] is cut into buckets of 1/16 that hold one threshold at
// most, none within 1/1000 of a bucket's end. A bucket is {its threshold, the code below it}.

constexpr unsigned kNf4Buckets = 64;                 // 33 in use; 63 is that of NaN, and code 0
constexpr float kNf4BucketRows = 1.5f * 8388608.0f;  // its last bits are those of a whole number

// 256 bytes a bucket for x in [-1, 1], with the bits below its row left out: x in 4096ths is the
// low bits of the sum, which is rounded but as good on either side of a bucket's end.
__device__ __forceinline__ unsigned nf4_bucket_offset(float x) {
  return __float_as_uint(__fmaf_rn(x, 4096.0f, kNf4BucketRows + 4096.0f)) & 0x3f00;
}

__device__ __forceinline__ uint2 nf4_bucket(unsigned bucket) {
  const float low = (static_cast<float>(bucket) - 16.0f) / 16.0f;
  const unsigned code = bucket > 32 ? 0 : Nf4::encode(low);
  const bool threshold = bucket <= 32 && code < 15;
  return {threshold ? kNf4Thresholds[code] : 0x7f800000u, code};
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
