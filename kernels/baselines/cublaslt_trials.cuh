// SPDX-License-Identifier: Apache-2.0
// The baselines: products through cuBLASLt of weights as they are, of weights that are dequantized
// first, and of LLM.int8()'s codes.
#pragma once

#include "kernels/baselines/cublaslt.h"
#include "kernels/dequantize/dequantize_trials.cuh"
#include "kernels/matmul/matmul_trials.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

template <class T>
inline constexpr CublasLtType kCublasLtType = CublasLtType::f32;
template <>
inline constexpr CublasLtType kCublasLtType<__half> = CublasLtType::f16;
template <>
inline constexpr CublasLtType kCublasLtType<__nv_bfloat16> = CublasLtType::bf16;

inline CublasLtProduct product_of(Device& device, CublasLtType type, const Problem& problem) {
  return {device, type, problem.x->rows, problem.weights->rows, problem.weights->cols};
}

// The product of a plain mode, whose codes are numbers of T.
template <class T>
class CublasLtTrial : public MatmulTrial<T> {
 public:
  CublasLtTrial(Device& device, const Problem& problem)
      : MatmulTrial<T>(device, problem), product_(product_of(device, kCublasLtType<T>, problem)) {}

 private:
  void run(const QuantizedView& w) override {
    product_.run(this->x_.data(), w.codes, this->y_.data());
  }

  CublasLtProduct product_;
};

// The product of weights that are dequantized to T first.
template <class T>
class DequantizeCublasLtTrial : public MatmulTrial<T> {
 public:
  DequantizeCublasLtTrial(Device& device, const Problem& problem, Dequantize<T> dequantize)
      : MatmulTrial<T>(device, problem),
        dequantize_(dequantize),
        weights_(device, static_cast<std::size_t>(problem.weights->size())),
        product_(product_of(device, kCublasLtType<T>, problem)) {}

 private:
  void run(const QuantizedView& w) override {
    dequantize_(this->device_, w, weights_.data());
    product_.run(this->x_.data(), weights_.data(), this->y_.data());
  }

  Dequantize<T> dequantize_;
  DeviceBuffer<T> weights_;
  CublasLtProduct product_;
};

// By dequantize-wide, or else by dequantize.
template <class Mode, class T>
Dequantize<T> best_dequantize(const Problem& problem) {
  if constexpr (Mode::kWide)
    if (takes_wide_dequantize<Mode>(problem.weights->cols)) return launch_dequantize_wide<Mode, T>;
  return launch_dequantize<Mode, T>;
}

// sums, y: m x n. Grid: a thread an output.
template <class Mode, class T>
__global__ void __launch_bounds__(kInt8Threads)
    int8_epilogue(Int8View a, QuantizedView q, const std::int32_t* __restrict__ sums,
                  T* __restrict__ y) {
  const std::int64_t out = static_cast<std::int64_t>(blockIdx.x) * kInt8Threads + threadIdx.x;
  if (out >= a.m * q.rows) return;
  y[out] = from_f32<T>(with_outliers<Mode>(a, q, out / q.rows, out % q.rows, sums[out]));
}

template <class Mode, class T>
class Int8CublasLtTrial : public Int8Trial<Mode, T> {
 public:
  Int8CublasLtTrial(Device& device, const Problem& problem)
      : Int8Trial<Mode, T>(device, problem),
        sums_(device, static_cast<std::size_t>(this->output_.size())),
        product_(product_of(device, CublasLtType::s8, problem)) {}

 private:
  void multiply(const QuantizedView& w) override {
    product_.run(this->view_.codes, w.codes, sums_.data());
    launch(this->device_,
           {.grid = {blocks_for(this->output_.size(), kInt8Threads)}, .block = {kInt8Threads}},
           int8_epilogue<Mode, T>, this->view_, w, sums_.data(), this->y_.data());
  }

  DeviceBuffer<std::int32_t> sums_;
  CublasLtProduct product_;
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
