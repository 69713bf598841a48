// SPDX-License-Identifier: Apache-2.0
// E2M1, the elements of mxfp4, on a device: the twin of kE2M1 in reference/modes/mxfp4.h.
#pragma once

#include "kernels/simt/simt.h"

namespace qbench::QBENCH_SIMT_DEVICE {

struct E2m1 {
  static constexpr int kBits = 4;
  static constexpr bool kHighFirst = false;
  template <class T>
  static constexpr float kGain = 1;
  static constexpr double kRoundoffs = 0;  // of T, in a level so rounded

  // Two bits of exponent and one of mantissa, moved to where f32 has them; the subnormal is 1/2.
  static __device__ __forceinline__ float value(unsigned code) {
    const unsigned magnitude = code & 7;
    const unsigned bits = magnitude < 2 ? magnitude * 0x3f000000 : (magnitude + 252) << 22;
    return __uint_as_float(bits | (code & 8) << 28);
  }
  // Nearest, a midpoint to the even mantissa; what is above 6 saturates. NaN has no code: 0.
  static __device__ __forceinline__ unsigned encode(float x) {
    if (x != x) return 0;
    const float m = fabsf(x);
    const unsigned code = (m > 0.25f) + (m >= 0.75f) + (m > 1.25f) + (m >= 1.75f) + (m > 2.5f) +
                          (m >= 3.5f) + (m > 5.0f);
    return code | (__float_as_uint(x) >> 28 & 8);
  }
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
