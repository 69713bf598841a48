// SPDX-License-Identifier: Apache-2.0
// nf4's codes on a device: the twin of reference/modes/nf4.h, with constants of its own.
#pragma once

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

}  // namespace qbench::QBENCH_SIMT_DEVICE
