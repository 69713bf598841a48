// SPDX-License-Identifier: Apache-2.0
// The statistic of a group, found in one pass over its weights by a warp.
#pragma once

#include "kernels/formats/numbers.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// NaN is passed over; where nothing is a number, absmax stays below 0 and low above high.
struct GroupStatistic {
  float absmax = -1;
  float low = kLargestFloat;
  float high = -kLargestFloat;

  __device__ void add(float w) {
    if (w != w) return;
    absmax = fmaxf(absmax, fabsf(w));
    low = fminf(low, w);
    high = fmaxf(high, w);
  }
  __device__ void add(const GroupStatistic& s) {
    absmax = fmaxf(absmax, s.absmax);
    low = fminf(low, s.low);
    high = fmaxf(high, s.high);
  }
  // Combines the statistics of all 32 lanes of the warp.
  __device__ void reduce() {
    for (int lanes = 16; lanes > 0; lanes /= 2) {
      absmax = fmaxf(absmax, __shfl_xor_sync(0xffffffff, absmax, lanes));
      low = fminf(low, __shfl_xor_sync(0xffffffff, low, lanes));
      high = fmaxf(high, __shfl_xor_sync(0xffffffff, high, lanes));
    }
  }
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
