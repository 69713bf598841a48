// SPDX-License-Identifier: Apache-2.0
// The table of baselines of a device. Included where device_kernels.cuh is.
#pragma once

#include <cstdlib>
#include <string>
#include <variant>
#include <vector>

#include "kernels/cublaslt_trials.cuh"
#include "kernels/device_kernels.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

inline std::string why_no_library() {
  return why_no_cublaslt(cublaslt_library(), kDeviceName == emulated::kDeviceName);
}

// x is of the type of the weights.
inline std::string runs_cublaslt(const Problem& problem) {
  const Dtype own = std::get<Unscaled>(problem.quantized->mode->codec).dtype;
  if (problem.dtype == own) return why_no_library();
  return "activations must be of the weights' own type, not " + std::string(name(problem.dtype)) +
         ": --dtypes " + std::string(name(own));
}

inline std::string runs_dequantize_cublaslt(const Problem& problem) {
  if (problem.dtype != Dtype::fp32) return why_no_library();
  return "the dtype must be bf16 or fp16, not fp32";
}

// Int8 matrices begin a row at 4 bytes (cuBLAS' manual, cublasLtMatmul: IMMA kernels).
inline std::string runs_int8_cublaslt(const Problem& problem) {
  const std::int64_t n = problem.weights->rows, k = problem.weights->cols;
  if (n % 4 != 0 || k % 4 != 0)
    return "n and k must be multiples of 4, not " + std::to_string(n) + " and " + std::to_string(k);
  const std::string why = why_int32_overflows(problem);
  return why.empty() ? why_no_library() : why;
}

inline Kernel cublaslt_kernel(std::string_view name, std::string_view mode) {
  return {.name = name,
          .op = Op::matmul,
          .device = kDeviceName,
          .mode = find_mode(mode),
          .unsupported = nullptr,
          .prepare = nullptr,
          .timed = kTimed};
}

// Weights are rounded to T.
template <class Mode>
Kernel dequantize_cublaslt_kernel(std::string_view mode) {
  Kernel kernel = cublaslt_kernel("dequantize+cublaslt", mode);
  kernel.unsupported = runs_dequantize_cublaslt;
  kernel.prepare = make_mma<DequantizeCublasLtTrial, Mode>;
  kernel.arithmetic = kTensorCores;
  kernel.arithmetic.weight_roundoffs = 1;
  kernel.arithmetic.weights_of_dtype = true;
  return kernel;
}

// On GPUs always, with the reason where there is no library; on the emulator, where a library that
// could serve it is rare, only where QBENCH_CUBLASLT names one.
inline std::vector<Kernel> cublaslt_kernels() {
  if (kDeviceName == emulated::kDeviceName && std::getenv("QBENCH_CUBLASLT") == nullptr) return {};
  std::vector<Kernel> kernels;
  for (const std::string_view mode : {"fp32", "fp16", "bf16"}) {
    Kernel kernel = cublaslt_kernel("cublaslt", mode);
    kernel.unsupported = runs_cublaslt;
    kernel.prepare = make<CublasLtTrial, void>;
    if (mode != "fp32") kernel.arithmetic = kTensorCores;
    kernels.push_back(kernel);
  }
  kernels.push_back(dequantize_cublaslt_kernel<BlockAbsmax<Nf4, false>>("nf4"));
  kernels.push_back(dequantize_cublaslt_kernel<BlockAbsmax<Nf4, true>>("nf4-dq"));
  kernels.push_back(dequantize_cublaslt_kernel<BlockAbsmax<Fp4, false>>("fp4"));
  kernels.push_back(dequantize_cublaslt_kernel<BlockAbsmax<Fp4, true>>("fp4-dq"));
  kernels.push_back(dequantize_cublaslt_kernel<AsymmetricInt4>("int4"));
  kernels.push_back(dequantize_cublaslt_kernel<PowerOfTwo<E2m1>>("mxfp4"));
  Kernel int8 = cublaslt_kernel("int8-cublaslt", "int8");
  int8.unsupported = runs_int8_cublaslt;
  int8.prepare = make<Int8CublasLtTrial, RowInt8>;
  kernels.push_back(int8);
  return kernels;
}

}  // namespace qbench::QBENCH_SIMT_DEVICE
