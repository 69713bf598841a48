// SPDX-License-Identifier: Apache-2.0
// The kernels of one part of the table of modes. Compiled once a part for CUDA (cuda_part.cu) and
// once for the emulator (emulated_part.cpp).
#pragma once

#include "kernels/formats/compiled.h"
#include "kernels/table/baseline_kernels.cuh"
#include "kernels/table/mode_kernels.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

template <const Mode& M>
void add_mode(DeviceKernels& kernels) {
  constexpr Family kFamily = family_of(M);
  constexpr bool kDecodesFirst =
      decodes_first(M) && (is_compiled(M, kFewKernels) || !M.quantized());
  if constexpr (kFamily.served && is_compiled(M, kFewKernels)) {
    add_quantize<M>({M, kernels.own});
    if constexpr (kDecodesFirst) add_decoding<M>({M, kernels.own});
  }
  if constexpr (kDecodesFirst)
    if (has_baselines()) add_baseline<M>(kernels.baselines);
}

template <std::size_t kMode>
void add_mode_of_table(DeviceKernels& kernels) {
  if constexpr (kMode < kModes.size()) add_mode<*kModes[kMode]>(kernels);
}

template <std::size_t kPart>
void add_part(DeviceKernels& kernels) {
  [&]<std::size_t... kMode>(std::index_sequence<kMode...>) {
    (add_mode_of_table<kPart * kModesAPart + kMode>(kernels), ...);
  }
  (std::make_index_sequence<kModesAPart>());
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
