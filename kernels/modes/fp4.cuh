// SPDX-License-Identifier: Apache-2.0
// fp4's codes on a device: the twin of reference/modes/fp4.h, with constants of its own.
#pragma once

#include "kernels/numbers.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// By the three low bits of the code.
__constant__ unsigned kFp4Magnitudes[8] = {0x00000000, 0x3baaaaab, 0x3f2aaaab, 0x3f800000,
                                           0x3eaaaaab, 0x3f000000, 0x3e2aaaab, 0x3e800000};

struct Fp4 {
  static constexpr int kBits = 4;
  static constexpr bool kHighFirst = true;
  // Makes the levels, 12ths, exact in every type.
  template <class T>
  static constexpr float kGain = 0.75f;
  static constexpr double kRoundoffs = 0;  // of T, in a level so rounded

  static __device__ __forceinline__ float value(unsigned code) {
    return __uint_as_float(kFp4Magnitudes[code & 7] | (code & 8) << 28);
  }
  // As a tree over the magnitude; the sign of what is flushed to zero is lost.
  static __device__ __forceinline__ unsigned encode(float x) {
    const float m = fabsf(x);
    const unsigned sign = x <= -kLeastNormal ? 8 : 0;
    if (m > 0.29166667f) {
      if (m > 0.583333f) return sign | (m > 0.8333333f ? 3u : 2u);
      return sign | (m > 0.4166667f ? 5u : 4u);
    }
    if (m > 0.0859375f) return sign | (m > 0.20833333f ? 7u : 6u);
    return sign | (m > 0.00260417f ? 1u : 0u);
  }
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
