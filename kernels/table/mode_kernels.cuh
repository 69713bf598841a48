// SPDX-License-Identifier: Apache-2.0
// The kernels of a mode on a device: those that serve its family, and the shapes that each can
// take.
#pragma once

#include <string>
#include <type_traits>

#include "kernels/dequantize/dequantize_trials.cuh"
#include "kernels/device_kernels.h"
#include "kernels/formats/family.h"
#include "kernels/matmul/lora_trials.cuh"
#include "kernels/matmul/matmul_trials.cuh"
#include "kernels/matmul/mma_trials.cuh"
#include "kernels/matmul/wgmma_trials.cuh"
#include "kernels/quantize/quantize_trials.cuh"
#include "kernels/quantize/units_trial.cuh"
#include "reference/modes.h"

namespace qbench::QBENCH_SIMT_DEVICE {

using Prepare = std::unique_ptr<Trial> (*)(const Problem&);

// Where kernels are expensive to compile and bf16 is all that runs, the macro leaves out the other
// types.
#ifdef QBENCH_BF16_ALONE
constexpr bool kBf16Alone = true;
#else
constexpr bool kBf16Alone = false;
#endif

// Prepares the trial that make(T(), device, problem) returns, where T is the problem's
// dtype.
template <class Make>
Prepare for_any_type(Make) {
  return [](const Problem& problem) -> std::unique_ptr<Trial> {
    Device& device = open_device(problem.device_index);
    if constexpr (!kBf16Alone) {
      if (problem.dtype == Dtype::fp32) return Make()(float(), device, problem);
      if (problem.dtype == Dtype::fp16) return Make()(__half(), device, problem);
    }
    return Make()(__nv_bfloat16(), device, problem);
  };
}

// The same for tensor cores, which take 16-bit types.
template <class Make>
Prepare for_16_bits(Make) {
  return [](const Problem& problem) -> std::unique_ptr<Trial> {
    Device& device = open_device(problem.device_index);
    if constexpr (!kBf16Alone)
      if (problem.dtype == Dtype::fp16) return Make()(__half(), device, problem);
    return Make()(__nv_bfloat16(), device, problem);
  };
}

inline std::string runs_always(const Problem&) { return {}; }
inline std::string runs_on_the_cpu(const Problem&) {
  return "its scales are searched for on the CPU";
}

// Groups that are rows or the whole matrix are counted in 32 bits.
inline std::string why_too_long(const Problem& problem) {
  const int size = problem.quantized->block_size;
  const std::int64_t k = problem.weights->cols;
  const std::int64_t longest = size == kWholeTensor ? problem.weights->size() : k;
  if (size > 0 || longest <= kMostInGroup) return {};
  return "a scale must have at most 2^30 weights, not " + std::to_string(longest);
}

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
  return "k must be a multiple of " + std::to_string(kStretch) + ", not " + std::to_string(k);
}

// The reason why tiles cannot be copied, or empty: k must be a multiple of `unit`, so that rows of
// weights begin at 16 bytes, and shared memory must have room for the stages.
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

// The reason why tensor cores cannot multiply weights in tiles by these activations, or empty.
inline std::string why_no_mma(const Problem& problem, std::size_t shared_bytes) {
  if (problem.dtype == Dtype::fp32) return "the dtype must be bf16 or fp16, not fp32";
  // With a short last group, the places of a row are fewer than those of twice its weights.
  const auto group = static_cast<std::int64_t>(problem.quantized->block_size);
  if (std::max(problem.weights->cols, group) > kPlace * kMostPlaces / 2 / problem.weights->rows)
    return "n times k must be at most 2^35";
  return why_no_tiles(problem, 32, shared_bytes);
}

template <class Mode>
std::string runs_gemv_mma(const Problem& problem) {
  const std::string why = up_to_rows(problem, kGemvMmaRows);
  if (!why.empty()) return why;
  return why_no_mma(problem, gemv_mma_shared(Mode::kByTable, gemv_mma_columns(problem.x->rows)));
}
inline std::string runs_gemm_mma(const Problem& problem) {
  const ProductTiles whole = product_tiles(1, problem);
  if (whole.places(16) > (std::int64_t{1} << 31) / whole.tiles)
    return "m times n times k must be at most 2^50";
  return why_no_mma(problem, kGemmMmaShared<32>);
}
inline std::string runs_gemm_wgmma(const Problem& problem) {
  if (!open_device(problem.device_index).traits().wgmma)
    return "needs a GPU of compute capability 9.0 and code for it: configure with "
           "-DCMAKE_CUDA_ARCHITECTURES=90a";
  if (segment_of(*problem.quantized, false) < 32)
    return "the block size and k must be multiples of 32";
  const std::string why = runs_gemm_mma(problem);
  return why.empty() ? why_no_mma(problem, kGemmWgmmaShared) : why;
}
inline std::string runs_int8_mma(const Problem& problem) {
  std::string why = why_too_many_rows(problem, 8 * kInt8MmaColumns);
  if (why.empty()) why = why_int32_overflows(problem);
  return why.empty() ? why_no_tiles(problem, 16, kInt8MmaShared) : why;
}

inline Kernel kernel_of(const Mode& mode, std::string_view name, Op op) {
  return {.name = name,
          .op = op,
          .device = kDevice,
          .mode = &mode,
          .unsupported = runs_always,
          .prepare = nullptr,
          .timed = kTimed};
}

inline std::string why_not_bf16(const Problem& problem) {
  return problem.dtype == Dtype::bf16 ? "" : "this build has kernels of bf16 alone";
}

// Makes a kernel unsupported for a reason that comes before its own.
inline void add_reason(Kernel& kernel, std::string (*reason)(const Problem&)) {
  kernel.unsupported = [reason, own = kernel.unsupported](const Problem& problem) {
    const std::string why = reason(problem);
    return why.empty() ? own(problem) : why;
  };
}

// Adds a kernel of the mode to a list.
struct AddKernel {
  const Mode& mode;
  std::vector<Kernel>& kernels;

  void operator()(std::string_view name, Op op, std::string (*unsupported)(const Problem&),
                  Prepare prepare, Arithmetic arithmetic = {}) const {
    Kernel kernel = kernel_of(mode, name, op);
    kernel.unsupported = unsupported;
    if (mode.allows_rows()) add_reason(kernel, why_too_long);
    if constexpr (kBf16Alone) add_reason(kernel, why_not_bf16);
    kernel.prepare = prepare;
    kernel.arithmetic = arithmetic;
    kernels.push_back(kernel);
  }
};

// The kernels that serve the family of the mode and find codes.
template <const Mode& M>
void add_quantize(const AddKernel& add) {
  constexpr Family kFamily = family_of(M);
  using Mode = Of<M>;
  if constexpr (kFamily.by_units)
    add("quantize", Op::quantize, runs_always, for_any_type([]<class T>(T, auto&... of) {
          return std::make_unique<QuantizeUnitsTrial<T>>(of..., unit_kernels<Mode, T>());
        }));
  else if constexpr (kFamily.quantizes)
    add("quantize", Op::quantize, runs_always, for_any_type([]<class T>(T, auto&... of) {
          return std::make_unique<QuantizeGroupsTrial<T>>(of..., quantize_kernels<Mode, T>());
        }));
  else
    add("quantize", Op::quantize, runs_on_the_cpu, nullptr);
  if constexpr (kFamily.wide_quantize)
    add("quantize-wide", Op::quantize, runs_quantize_wide,
        for_any_type([]<class T>(T, auto&... of) {
          return std::make_unique<QuantizeWideTrial<T>>(of..., quantize_kernels<Mode, T>(),
                                                        quantize_wide<Mode, T>);
        }));
}

template <const Mode& M>
void add_int8_products(const AddKernel& add) {
  using Mode = Of<M>;
  add("int8", Op::matmul, why_int32_overflows, for_any_type([]<class T>(T, auto&... of) {
        return std::make_unique<Int8Trial<Mode, T>>(of...);
      }));
  add("int8-mma", Op::matmul, runs_int8_mma, for_any_type([]<class T>(T, auto&... of) {
        return std::make_unique<Int8MmaTrial<Mode, T>>(of...);
      }));
  add("lora", Op::lora_forward, why_int32_overflows, for_any_type([]<class T>(T, auto&... of) {
        return std::make_unique<LoraInt8Trial<Mode, T>>(of...);
      }));
}

template <const Mode& M>
void add_plain_products(const AddKernel& add) {
  using Mode = Of<M>;
  add("gemv", Op::matmul, runs_few_rows, for_any_type([]<class T>(T, Device& d, const Problem& p) {
        return std::make_unique<OneLaunchTrial<T, int>>(d, p, gemv_config(p), gemv<Mode, T>);
      }));
  add("gemm", Op::matmul, runs_gemm, for_any_type([]<class T>(T, Device& d, const Problem& p) {
        return std::make_unique<OneLaunchTrial<T, std::int64_t>>(d, p, gemm_config(p),
                                                                 gemm<Mode, T>);
      }));
  add("lora", Op::lora_forward, runs_gemm,
      for_any_type([]<class T>(T, Device& d, const Problem& p) {
        return std::make_unique<LoraGemmTrial<T>>(d, p, gemm_config(p), gemm<Mode, float>);
      }));
}

template <const Mode& M>
void add_tensor_core_products(const AddKernel& add) {
  using Mode = Of<M>;
  Arithmetic tensor_cores = kTensorCores;
  tensor_cores.weight_roundoffs = Mode::kRoundoffs;
  tensor_cores.headroom = scaled_last<M>();
  tensor_cores.zeros_apart = Mode::kZeroApart;
  add("gemv-mma", Op::matmul, runs_gemv_mma<Mode>,
      for_16_bits([]<class T>(T, Device& device, const Problem& problem) {
        return std::make_unique<GemvMmaTrial<T>>(device, problem, gemv_mma_of<Mode, T>(problem));
      }),
      tensor_cores);
  if constexpr (family_of(M).gemm_mma)
    add("gemm-mma", Op::matmul, runs_gemm_mma,
        for_16_bits([]<class T>(T, Device& device, const Problem& problem) {
          return std::make_unique<GemmMmaTrial<T>>(device, problem, gemm_mma_of<Mode, T>(problem));
        }),
        tensor_cores);
  if constexpr (family_of(M).gemm_wgmma)
    add("gemm-wgmma", Op::matmul, runs_gemm_wgmma,
        for_16_bits([]<class T>(T, Device& device, const Problem& problem) {
          return std::make_unique<GemmWgmmaTrial<T>>(device, problem,
                                                     gemm_wgmma_of<Mode, T>(problem));
        }),
        tensor_cores);
}

// Adds the kernels of the mode that read codes.
template <const Mode& M>
void add_decoding(const AddKernel& add) {
  constexpr Family kFamily = family_of(M);
  using Mode = Of<M>;
  add("dequantize", Op::dequantize, runs_always, for_any_type([]<class T>(T, auto&... of) {
        return std::make_unique<DequantizeTrial<T>>(of..., launch_dequantize<Mode, T>);
      }));
  if constexpr (kFamily.wide)
    add("dequantize-wide", Op::dequantize, runs_dequantize_wide<Mode>,
        for_any_type([]<class T>(T, auto&... of) {
          return std::make_unique<DequantizeTrial<T>>(of..., launch_dequantize_wide<Mode, T>);
        }));
  if constexpr (kFamily.llm_int8)
    add_int8_products<M>(add);
  else
    add_plain_products<M>(add);
  if constexpr (kFamily.gemv_mma) add_tensor_core_products<M>(add);
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
