// SPDX-License-Identifier: Apache-2.0
// The kernels of one part of the table of modes. Compiled once a part for CUDA (cuda_part.cu) and
// once for the emulator (emulated_part.cpp).
#pragma once

#include "kernels/table/baseline_kernels.cuh"
#include "kernels/table/mode_kernels.cuh"
#include "kernels/table/parts.h"

namespace qbench::QBENCH_SIMT_DEVICE {

template <const Mode& M>
void add_mode(DeviceKernels& kernels) {
  constexpr Family kFamily = family_of(M);
  if constexpr (kFamily.served && M.quantized()) {
    add_quantize<M>({M, kernels.own});
    if constexpr (decodes_first(M)) add_decoding<M>({M, kernels.own});
  }
  if constexpr (decodes_first(M))
    if (has_baselines()) add_baseline<M>(kernels.baselines);
}

template <std::size_t kMode>
void add_mode_of_parts(DeviceKernels& kernels) {
  if constexpr (kMode < kModesWithParts) add_mode<*kModesOfParts[kMode]>(kernels);
}

template <std::size_t kPart>
void add_part(DeviceKernels& kernels) {
  [&]<std::size_t... kMode>(std::index_sequence<kMode...>) {
    (add_mode_of_parts<kPart * kModesAPart + kMode>(kernels), ...);
  }
  (std::make_index_sequence<kModesAPart>());
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
