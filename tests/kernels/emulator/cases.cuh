// SPDX-License-Identifier: Apache-2.0
// The tables of cases.h, compiled once for each device.
#pragma once

#include "tests/kernels/emulator/cases.h"
#include "tests/kernels/emulator/kernels/block.cuh"
#include "tests/kernels/emulator/kernels/faults.cuh"
#include "tests/kernels/emulator/kernels/global.cuh"
#include "tests/kernels/emulator/kernels/matrix.cuh"
#include "tests/kernels/emulator/kernels/pipeline.cuh"
#include "tests/kernels/emulator/kernels/races.cuh"
#include "tests/kernels/emulator/kernels/scalar.cuh"
#include "tests/kernels/emulator/kernels/warp.cuh"
#include "tests/kernels/emulator/kernels/wgmma.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

const std::vector<SimtCase>& simt_cases() {
  static const std::vector<SimtCase> cases = {
      {"shuffles", shuffles_right},
      {"partial_masks", partial_masks_right},
      {"votes", votes_right},
      {"reductions", reductions_right},
      {"warp_exchange", warp_exchange_right},
      {"block_sum", block_sum_right},
      {"predicates", predicates_right},
      {"transpose", transpose_right},
      {"histogram", histogram_right},
      {"split_sum", split_sum_right},
      {"pipeline", pipeline_right},
      {"mma_bf16", mma_bf16_right},
      {"mma_f16", mma_f16_right},
      {"mma_s8", mma_s8_right},
      {"ldmatrix_trans", ldmatrix_trans_right},
      {"wgmma_bf16", wgmma_bf16_right, true},
      {"wgmma_f16", wgmma_f16_right, true},
      {"scalars", scalars_right},
  };
  return cases;
}

const std::vector<SimtFault>& simt_faults() {
  using enum Finder;
  static const std::vector<SimtFault> faults = {
      {"missing_barrier", missing_barrier, emulator, ""},
      {"divergent_barrier", divergent_barrier, emulator, "divergent barrier"},
      {"exit_before_barrier", exit_before_barrier, emulator, "divergent barrier"},
      {"own_lane_not_in_mask", own_lane_not_in_mask, emulator, "is not in its own mask"},
      {"different_masks", different_masks, emulator, "give different masks"},
      {"exited_lane_in_mask", exited_lane_in_mask, emulator, "divergence: lanes"},
      {"divergent_shuffles", divergent_shuffles, emulator, "divergence: lane"},
      {"inactive_source_lane", inactive_source_lane, emulator, ""},
      {"mma_in_part_of_a_warp", mma_in_part_of_a_warp, emulator,
       "names lanes that the block does not have"},
      {"deadlock", deadlock, emulator, "deadlock: no thread can run"},
      {"shared_overflow", shared_overflow, emulator, "past the end of tile"},
      {"dynamic_shared_overflow", dynamic_shared_overflow, emulator,
       "past the end of dynamic shared"},
      {"too_much_shared", too_much_shared, emulator, "the limit is"},
      {"copy_beyond_shared", copy_beyond_shared, emulator, "does not lie within an object"},
      {"misaligned_load", misaligned_load, emulator, "is not a multiple of 16"},
      {"copy_not_waited_for", copy_not_waited_for, emulator, "never waited for"},
      {"stage_read_early", stage_read_early, emulator, ""},
      {"copy_read_early", copy_read_early, emulator, ""},
      {"stage_overwritten", stage_overwritten, emulator, ""},
      {"uninitialized_shared", uninitialized_shared, emulator, ""},
      {"wgmma_copies_not_shown", wgmma_fault<Wgmma::copies_not_shown>, emulator,
       "without a fence_proxy_async"},
      {"wgmma_some_copies_not_shown", wgmma_fault<Wgmma::some_copies_not_shown>, emulator,
       "without a fence_proxy_async"},
      {"wgmma_sums_changed", wgmma_fault<Wgmma::sums_changed>, emulator, "sum 5 was written"},
      {"wgmma_not_fenced", wgmma_fault<Wgmma::not_fenced>, emulator, "no wgmma_fence"},
      {"wgmma_not_waited_for", wgmma_fault<Wgmma::not_waited_for>, emulator,
       "products that were never waited for"},
      {"wgmma_sums_read_early", wgmma_fault<Wgmma::sums_read_early>, emulator, ""},
      {"wgmma_a_changed", wgmma_fault<Wgmma::a_changed>, emulator, "register 3 of A changed"},
      {"wgmma_b_changed", wgmma_fault<Wgmma::b_changed>, emulator, "B changed"},
      {"wgmma_other_b", wgmma_fault<Wgmma::other_b>, emulator, "have other operands"},
      {"block_too_large", block_too_large, emulator, "a block has 1 to 1024 threads"},
      {"global_overflow", global_overflow, asan, "heap-buffer-overflow"},
      {"shared_read_overflow", shared_read_overflow, asan, "use-after-poison"},
      {"race_in_a_block", missing_barrier, tsan, "data race"},
      {"race_in_a_warp", race_in_a_warp, tsan, "data race"},
      {"race_between_blocks", race_between_blocks, tsan, "data race"},
      {"ticket_without_fence", ticket_without_fence, tsan, "data race"},
  };
  return faults;
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
