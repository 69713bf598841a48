// SPDX-License-Identifier: Apache-2.0
// dequantize, the plain rung: a thread a unit of codes (packing.cuh), one launch, -dq included.
// Napkin: 0.56 bytes read and 2 (bf16) written a weight: bound by memory.
#pragma once

#include "kernels/formats/of.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

constexpr int kDequantizeThreads = 256;

// out: the weights of the range, whose first one begins a unit. `bytes`: of codes up to its end.
template <class Mode, class T>
__global__ void __launch_bounds__(kDequantizeThreads)
    dequantize(QuantizedView q, T* __restrict__ out, WeightRange range, std::int64_t bytes) {
  const std::int64_t unit = Mode::CodeUnit::at(range.first) +
                            static_cast<std::int64_t>(blockIdx.x) * kDequantizeThreads +
                            threadIdx.x;
  if (unit * Mode::CodeUnit::kBytes >= bytes) return;
  const auto write = [&](std::int64_t i, unsigned code) {
    if (i < range.past)
      out[i - range.first] = from_f32<T>(decode<Mode>(q, Mode::Groups::of(q, i), code));
  };
  unpack_unit<Mode::kBits, Mode::kPacking>(q.codes, unit, bytes, write);
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
