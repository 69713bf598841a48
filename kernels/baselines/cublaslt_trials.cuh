// SPDX-License-Identifier: Apache-2.0
// The baselines: products through cuBLASLt of weights as they are, of weights that are dequantized
// first, and of LLM.int8()'s codes.
#pragma once

#include <algorithm>
#include <numeric>
#include <optional>

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
    dequantize_(this->device_, w, weights_.data(), {0, w.rows * w.cols});
    product_.run(this->x_.data(), weights_.data(), this->y_.data());
  }

  Dequantize<T> dequantize_;
  DeviceBuffer<T> weights_;
  CublasLtProduct product_;
};

// The rows of W of a panel: as many as have weights of 16 bits for half of L2 at most, but one unit
// of rows at least. Panels begin at a multiple of `range_unit` weights, and their columns of y at
// one of 256 bytes.
inline std::int64_t panel_rows(std::size_t l2_bytes, std::int64_t n, std::int64_t k,
                               std::int64_t range_unit) {
  constexpr std::int64_t kUnknownL2 = std::int64_t{32} << 20;
  const std::int64_t l2 = l2_bytes ? static_cast<std::int64_t>(l2_bytes) : kUnknownL2;
  const std::int64_t unit = std::lcm(range_unit, std::int64_t{128});
  return std::min(n, std::max(l2 / 2 / (2 * k) / unit, std::int64_t{1}) * unit);
}

// The same panel by panel of rows of W, so that what is dequantized is read from L2, and takes no
// more memory than a panel.
template <class T>
class PanelsCublasLtTrial : public MatmulTrial<T> {
 public:
  PanelsCublasLtTrial(Device& device, const Problem& problem, Dequantize<T> dequantize,
                      std::int64_t range_unit)
      : MatmulTrial<T>(device, problem),
        dequantize_(dequantize),
        rows_(panel_rows(device.traits().l2_bytes, problem.weights->rows, problem.weights->cols,
                         range_unit)),
        panel_(device, static_cast<std::size_t>(rows_ * problem.weights->cols)),
        whole_(product(device, problem, rows_)) {
    if (const std::int64_t rest = problem.weights->rows % rows_; rest > 0)
      last_.emplace(product(device, problem, rest));
  }

 private:
  static CublasLtProduct product(Device& device, const Problem& problem, std::int64_t rows) {
    return {device, kCublasLtType<T>,      problem.x->rows,
            rows,   problem.weights->cols, problem.weights->rows};
  }
  void run(const QuantizedView& w) override {
    for (std::int64_t first = 0; first < w.rows; first += rows_) {
      const std::int64_t past = std::min(first + rows_, w.rows);
      dequantize_(this->device_, w, panel_.data(), {first * w.cols, past * w.cols});
      const CublasLtProduct& product = past - first == rows_ ? whole_ : *last_;
      product.run(this->x_.data(), panel_.data(), this->y_.data() + first);
    }
  }

  Dequantize<T> dequantize_;
  std::int64_t rows_;
  DeviceBuffer<T> panel_;
  CublasLtProduct whole_;                // of a whole panel
  std::optional<CublasLtProduct> last_;  // of a short one
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
