// SPDX-License-Identifier: Apache-2.0
// The baselines of a mode on a device, through cuBLASLt.
#pragma once

#include <cstdlib>
#include <string>
#include <variant>
#include <vector>

#include "kernels/baselines/cublaslt_trials.cuh"
#include "kernels/table/mode_kernels.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

inline std::string why_no_library() {
  return why_no_cublaslt(cublaslt_library(), kDevice == DeviceKind::emulated);
}

// x is of the type of the weights.
inline std::string runs_cublaslt(const Problem& problem) {
  const Dtype own = std::get<Plain>(problem.mode->format.codec).dtype;
  if (problem.dtype == own) return why_no_library();
  return "activations must be of the weights' own type, not " + std::string(name(problem.dtype)) +
         ": --dtypes " + std::string(name(own));
}

inline std::string runs_dequantize_cublaslt(const Problem& problem) {
  if (problem.dtype != Dtype::fp32) return why_no_library();
  return "the dtype must be bf16 or fp16, not fp32";
}

template <class Mode>
std::string runs_panels_cublaslt(const Problem& problem) {
  const std::string why = runs_dequantize_cublaslt(problem);
  if (!why.empty()) return why;
  const std::int64_t n = problem.weights->rows;
  const std::size_t l2_bytes = open_device(problem.device_index).traits().l2_bytes;
  if (panel_rows(l2_bytes, n, problem.weights->cols, kRangeUnit<Mode>) < n) return {};
  return "the weights are one panel: see dequantize+cublaslt";
}

// Rows of int8 matrices begin at multiples of 4 bytes (cuBLAS' manual, cublasLtMatmul: IMMA
// kernels).
inline std::string runs_int8_cublaslt(const Problem& problem) {
  const std::int64_t n = problem.weights->rows, k = problem.weights->cols;
  if (n % 4 != 0 || k % 4 != 0)
    return "n and k must be multiples of 4, not " + std::to_string(n) + " and " + std::to_string(k);
  const std::string why = why_int32_overflows(problem);
  return why.empty() ? why_no_library() : why;
}

// On GPUs always, with the reason where there is no library; on the emulator, where a library that
// could serve it is rare, only where QBENCH_CUBLASLT names one.
inline bool has_baselines() {
  return kDevice != DeviceKind::emulated || std::getenv("QBENCH_CUBLASLT") != nullptr;
}

// Weights of the type itself; LLM.int8()'s codes; any other codes dequantized first, to T.
template <const Mode& M>
void add_baseline(std::vector<Kernel>& kernels) {
  constexpr Family kFamily = family_of(M);
  if constexpr (!M.quantized()) {
    Kernel kernel = kernel_of(M, "cublaslt", Op::matmul);
    kernel.unsupported = runs_cublaslt;
    kernel.prepare = for_any_type(
        []<class T>(T, auto&... of) { return std::make_unique<CublasLtTrial<T>>(of...); });
    if (std::get<Plain>(M.format.codec).dtype != Dtype::fp32) kernel.arithmetic = kTensorCores;
    kernels.push_back(kernel);
  } else if constexpr (kFamily.llm_int8) {
    Kernel kernel = kernel_of(M, "int8-cublaslt", Op::matmul);
    kernel.unsupported = runs_int8_cublaslt;
    kernel.prepare = for_any_type([]<class T>(T, auto&... of) {
      return std::make_unique<Int8CublasLtTrial<Of<M>, T>>(of...);
    });
    kernels.push_back(kernel);
  } else if constexpr (kFamily.served) {
    const auto add = [&](std::string_view name, auto unsupported, Prepare prepare) {
      Kernel kernel = kernel_of(M, name, Op::matmul);
      kernel.unsupported = unsupported;
      kernel.prepare = prepare;
      kernel.arithmetic = kTensorCores;
      kernel.arithmetic.weight_roundoffs = 1;
      kernel.arithmetic.weights_of_dtype = true;
      kernels.push_back(kernel);
    };
    add("dequantize+cublaslt", runs_dequantize_cublaslt,
        for_16_bits([]<class T>(T, Device& device, const Problem& problem) {
          return std::make_unique<DequantizeCublasLtTrial<T>>(device, problem,
                                                              best_dequantize<Of<M>, T>(problem));
        }));
    add("panels+cublaslt", runs_panels_cublaslt<Of<M>>,
        for_16_bits([]<class T>(T, Device& device, const Problem& problem) {
          return std::make_unique<PanelsCublasLtTrial<T>>(
              device, problem, best_dequantize<Of<M>, T>(problem), kRangeUnit<Of<M>>);
        }));
  }
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
