// SPDX-License-Identifier: Apache-2.0
// The table of kernels of a device. Compiled once for CUDA (cuda_kernels.cu) and once for the
// emulator (emulated_kernels.cpp).
#pragma once

#include <string>
#include <type_traits>

#include "kernels/device_kernels.h"
#include "kernels/matmul_trials.cuh"
#include "kernels/modes/e2m1.cuh"
#include "kernels/modes/fp4.cuh"
#include "kernels/modes/nf4.cuh"
#include "kernels/weight_trials.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// The trial of the problem's dtype.
template <template <class, class> class Trial_, class Mode>
std::unique_ptr<Trial> make(const Problem& problem) {
  Device& device = open_device(problem.device_index);
  switch (problem.dtype) {
    case Dtype::fp16:
      return std::make_unique<Trial_<Mode, __half>>(device, problem);
    case Dtype::bf16:
      return std::make_unique<Trial_<Mode, __nv_bfloat16>>(device, problem);
    case Dtype::fp32:
      break;
  }
  return std::make_unique<Trial_<Mode, float>>(device, problem);
}

inline std::string runs_always(const Problem&) { return {}; }

inline std::string runs_few_rows(const Problem& problem) {
  if (problem.x->rows <= kGemvRows) return {};
  return "gemv takes up to " + std::to_string(kGemvRows) + " rows of x";
}

// The kernels of one mode, a codec with its scaling.
template <class Mode>
void add_kernels(std::string_view mode, std::vector<Kernel>& kernels) {
  const auto add = [&](std::string_view name, Op op, auto unsupported, auto prepare) {
    kernels.push_back({.name = name,
                       .op = op,
                       .device = kDeviceName,
                       .mode = find_mode(mode),
                       .unsupported = unsupported,
                       .prepare = prepare,
                       .timed = kTimed});
  };
  add("quantize", Op::quantize, runs_always, make<QuantizeTrial, Mode>);
  add("dequantize", Op::dequantize, runs_always, make<DequantizeTrial, Mode>);
  if constexpr (std::is_same_v<Mode, RowInt8>) {
    add("int8", Op::matmul, runs_always, make<Int8Trial, Mode>);
  } else {
    add("gemv", Op::matmul, runs_few_rows, make<GemvTrial, Mode>);
    add("gemm", Op::matmul, runs_always, make<GemmTrial, Mode>);
  }
}

// The modes that have kernels: codec and scaling.
inline std::vector<Kernel> all_of_device() {
  std::vector<Kernel> kernels;
  add_kernels<BlockAbsmax<Nf4, false>>("nf4", kernels);
  add_kernels<BlockAbsmax<Nf4, true>>("nf4-dq", kernels);
  add_kernels<BlockAbsmax<Fp4, false>>("fp4", kernels);
  add_kernels<BlockAbsmax<Fp4, true>>("fp4-dq", kernels);
  add_kernels<RowInt8>("int8", kernels);
  add_kernels<AsymmetricInt4>("int4", kernels);
  add_kernels<PowerOfTwo<E2m1>>("mxfp4", kernels);
  return kernels;
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
