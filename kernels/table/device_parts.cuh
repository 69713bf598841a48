// SPDX-License-Identifier: Apache-2.0
// The kernels of one part of the table of modes. Compiled once a part for CUDA (cuda_part.cu) and
// once for the emulator (emulated_part.cpp).
#pragma once

#include "kernels/table/baseline_kernels.cuh"
#include "kernels/table/mode_kernels.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

template <std::size_t kMode>
void add_mode(DeviceKernels& kernels) {
  if constexpr (kMode < kModes.size()) {
    constexpr Family kFamily = family_of(*kModes[kMode]);
    if constexpr (kFamily.served) add_kernels<*kModes[kMode]>(kernels.own);
    if (has_baselines()) add_baseline<*kModes[kMode]>(kernels.baselines);
  }
}

template <std::size_t kPart>
void add_part(DeviceKernels& kernels) {
  [&]<std::size_t... kMode>(std::index_sequence<kMode...>) {
    (add_mode<kPart * kModesAPart + kMode>(kernels), ...);
  }
  (std::make_index_sequence<kModesAPart>());
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
