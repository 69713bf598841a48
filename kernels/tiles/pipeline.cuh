// SPDX-License-Identifier: Apache-2.0
// Pipeline: a ring of stages in shared memory, some copied to with cp.async while another is read.
#pragma once

#include "kernels/emulator/simt.h"

namespace qbench::QBENCH_SIMT_DEVICE {

// Copies to the first kStages - 1 stages are issued before the first round. In each round every
// thread that shares the stages
//
//   issues    a copy to the stage that was read in the round before,
//   waits     for its own copies to the stage of this round,
//   meets     the others at a barrier, so that all copies to the stage are there,
//   reads     the stage,
//
// and meets the others again before one of them issues to it. A round may also issue after the
// barrier, which then serves both meetings.
template <int kStages, int kStageBytes>
class Pipeline {
 public:
  __device__ __forceinline__ explicit Pipeline(unsigned char* stages) : stages_(stages) {}

  // The stage of round i.
  __device__ __forceinline__ unsigned char* stage(int i) const {
    return stages_ + i % kStages * kStageBytes;
  }
  // copy(stage) makes this thread's part of a copy, which may be none: waits count calls of issue.
  template <class Copy>
  __device__ __forceinline__ void issue(unsigned char* stage, const Copy& copy) const {
    copy(stage);
    ptx::cp_async_commit();
  }
  // Waits in a round that issues after the barrier, and in one that issues before it.
  __device__ __forceinline__ void wait() const { ptx::cp_async_wait<kStages - 2>(); }
  __device__ __forceinline__ void wait_after_issue() const { ptx::cp_async_wait<kStages - 1>(); }
  // Waits for every copy of this thread, also those to stages that are never read.
  __device__ __forceinline__ void drain() const { ptx::cp_async_wait<0>(); }

 private:
  unsigned char* stages_;
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
