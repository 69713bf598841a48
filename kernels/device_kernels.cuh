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

// The same for tensor cores, which take 16-bit types.
template <template <class, class> class Trial_, class Mode>
std::unique_ptr<Trial> make_mma(const Problem& problem) {
  Device& device = open_device(problem.device_index);
  if (problem.dtype == Dtype::fp16) return std::make_unique<Trial_<Mode, __half>>(device, problem);
  return std::make_unique<Trial_<Mode, __nv_bfloat16>>(device, problem);
}

inline std::string runs_always(const Problem&) { return {}; }

inline std::string up_to_rows(const Problem& problem, std::int64_t most) {
  if (problem.x->rows <= most) return {};
  return "m must be at most " + std::to_string(most) + ", not " + std::to_string(problem.x->rows);
}

// A grid has 65535 blocks along m.
inline std::string why_too_many_rows(const Problem& problem, std::int64_t rows_a_block) {
  return up_to_rows(problem, 65535 * rows_a_block);
}
inline std::string runs_gemm(const Problem& problem) { return why_too_many_rows(problem, kTile); }
inline std::string runs_few_rows(const Problem& problem) { return up_to_rows(problem, kGemvRows); }

inline std::string runs_quantize_wide(const Problem& problem) {
  const int size = problem.quantized->block_size;
  if (size <= kWideBlock) return {};
  return "the block size must be at most " + std::to_string(kWideBlock) + ", not " +
         std::to_string(size);
}

template <class Mode>
std::string runs_dequantize_wide(const Problem& problem) {
  const std::int64_t k = problem.weights->cols;
  if (takes_wide_dequantize<Mode>(k)) return {};
  return "k must be a multiple of " + std::to_string(kRun) + ", not " + std::to_string(k);
}

// k in multiples of `unit`, so that rows of weights begin at 16 bytes; room for the tiles.
inline std::string why_no_tiles(const Problem& problem, int unit, std::size_t shared_bytes) {
  const std::int64_t k = problem.weights->cols;
  if (k % unit != 0 || k >= std::int64_t{1} << 30)
    return "k must be a multiple of " + std::to_string(unit) + (k % unit ? "" : " below 2^30") +
           ", not " + std::to_string(k);
  const std::size_t limit = open_device(problem.device_index).shared_limit();
  if (shared_bytes <= limit) return {};
  return "needs " + std::to_string(shared_bytes) + " bytes of shared memory, the device has " +
         std::to_string(limit);
}

// Of weights of 4 bits beside activations of 16.
inline std::string why_no_mma(const Problem& problem, std::size_t shared_bytes) {
  if (problem.dtype == Dtype::fp32) return "the dtype must be bf16 or fp16, not fp32";
  return why_no_tiles(problem, 32, shared_bytes);
}

inline std::string runs_gemv_mma(const Problem& problem) {
  const std::string why = up_to_rows(problem, kGemvMmaRows);
  return why.empty() ? why_no_mma(problem, kGemvMmaShared) : why;
}
inline std::string runs_gemm_mma(const Problem& problem) {
  const std::string why = why_too_many_rows(problem, kGemmMmaRows);
  return why.empty() ? why_no_mma(problem, kGemmMmaShared) : why;
}
inline std::string runs_int8_mma(const Problem& problem) {
  std::string why = why_too_many_rows(problem, 8 * kInt8MmaColumns);
  if (why.empty()) why = why_int32_overflows(problem);
  return why.empty() ? why_no_tiles(problem, 16, kInt8MmaShared) : why;
}

// The kernels of one mode, a codec with its scaling.
template <class Mode>
void add_kernels(std::string_view mode, std::vector<Kernel>& kernels) {
  const auto add = [&](std::string_view name, Op op, auto unsupported, auto prepare,
                       Arithmetic arithmetic = {}) {
    kernels.push_back({.name = name,
                       .op = op,
                       .device = kDeviceName,
                       .mode = find_mode(mode),
                       .unsupported = unsupported,
                       .prepare = prepare,
                       .timed = kTimed,
                       .arithmetic = arithmetic});
  };
  add("quantize", Op::quantize, runs_always, make<QuantizeTrial, Mode>);
  add("dequantize", Op::dequantize, runs_always, make<DequantizeTrial, Mode>);
  if constexpr (std::is_same_v<Mode, RowInt8>) {
    add("int8", Op::matmul, why_int32_overflows, make<Int8Trial, Mode>);
    add("int8-mma", Op::matmul, runs_int8_mma, make<Int8MmaTrial, Mode>);
  } else {
    Arithmetic tensor_cores = kTensorCores;
    tensor_cores.weight_roundoffs = Mode::kRoundoffs;
    tensor_cores.headroom = kScaledLast;
    add("dequantize-wide", Op::dequantize, runs_dequantize_wide<Mode>,
        make<DequantizeWideTrial, Mode>);
    if constexpr (std::is_same_v<typename Mode::Groups, Blocks>)
      add("quantize-wide", Op::quantize, runs_quantize_wide, make<QuantizeWideTrial, Mode>);
    add("gemv", Op::matmul, runs_few_rows, make<GemvTrial, Mode>);
    add("gemm", Op::matmul, runs_gemm, make<GemmTrial, Mode>);
    add("gemv-mma", Op::matmul, runs_gemv_mma, make_mma<GemvMmaTrial, Mode>, tensor_cores);
    add("gemm-mma", Op::matmul, runs_gemm_mma, make_mma<GemmMmaTrial, Mode>, tensor_cores);
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
