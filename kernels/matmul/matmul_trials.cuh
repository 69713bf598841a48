// SPDX-License-Identifier: Apache-2.0
// Trials of products.
#pragma once

#include "kernels/device/device_matrix.h"
#include "kernels/formats/values.cuh"
#include "kernels/kernel.h"
#include "kernels/matmul/gemm.cuh"
#include "kernels/matmul/gemv.cuh"
#include "kernels/matmul/int8_mma.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// y = x W^T of one problem; what runs between the two is the derived trial's.
template <class T>
class MatmulTrial : public Trial {
 public:
  MatmulTrial(Device& device, const Problem& problem)
      : device_(device),
        m_(problem.x->rows),
        x_(device, problem.x->size()),
        w_(DeviceMatrix::by_rows(device, *problem.quantized)),
        y_(device, m_ * problem.weights->rows),
        output_(m_, problem.weights->rows) {
    x_.upload(*problem.x);
  }

  double run_once() override {
    return device_.seconds_of([&] { run(w_.view()); });
  }
  void poison() override { y_.poison(); }
  const Matrix& output() override {
    y_.download(output_);
    return output_;
  }
  std::unique_ptr<Replay> replay() override {
    return rotate(device_, w_.bytes(), [this]() -> Run {
      return [this, w = std::make_shared<DeviceMatrix>(w_)] { run(w->view()); };
    });
  }
  Run launches() override {
    return [this] { run(w_.view()); };
  }
  Device* device() override { return &device_; }

 protected:
  virtual void run(const QuantizedView& w) = 0;

  Device& device_;
  std::int64_t m_;
  Values<T> x_;
  DeviceMatrix w_;
  Values<T> y_;
  Matrix output_;
};

// A product in one launch of a kernel that counts the rows of x in Count. It is no template over a
// mode, of which there are over a hundred.
template <class T, class Count>
class OneLaunchTrial : public MatmulTrial<T> {
 public:
  using Product = void (*)(const T*, QuantizedView, T*, Count);

  OneLaunchTrial(Device& device, const Problem& problem, const LaunchConfig& config, Product kernel)
      : MatmulTrial<T>(device, problem), config_(config), kernel_(kernel) {}

 protected:
  void run(const QuantizedView& w) override {
    launch(this->device_, config_, kernel_, this->x_.data(), w, this->y_.data(),
           static_cast<Count>(this->m_));
  }

 private:
  LaunchConfig config_;
  Product kernel_;
};

inline LaunchConfig gemv_config(const Problem& problem) {
  return {.grid = {blocks_for(problem.weights->rows, kGemvThreads / 32)}, .block = {kGemvThreads}};
}
inline LaunchConfig gemm_config(const Problem& problem) {
  return {.grid = {blocks_for(problem.weights->rows, kTile), blocks_for(problem.x->rows, kTile)},
          .block = {kTile, kTile}};
}

template <class Mode, class T>
class Int8Trial : public MatmulTrial<T> {
 public:
  Int8Trial(Device& device, const Problem& problem)
      : MatmulTrial<T>(device, problem),
        values_(device, size(problem)),
        codes_(device, size(problem)),
        row_absmax_(device, static_cast<std::size_t>(this->m_)),
        flags_(device, blocks_for(problem.x->cols, 32)),
        columns_(device, static_cast<std::size_t>(problem.x->cols)),
        count_(device, 1),
        view_{.values = values_.data(),
              .codes = codes_.data(),
              .row_absmax = row_absmax_.data(),
              .flags = flags_.data(),
              .columns = columns_.data(),
              .count = count_.data(),
              .m = this->m_,
              .k = problem.x->cols} {}

 private:
  static std::size_t size(const Problem& problem) {
    return static_cast<std::size_t>(problem.x->size());
  }

 protected:
  void run(const QuantizedView& w) override {
    if (this->m_ == 1) {
      launch(this->device_, {.grid = {1}, .block = {kInt8RowThreads}}, quantize_row<Mode, T>,
             this->x_.data(), view_);
    } else {
      quantize_rows();
    }
    multiply(w);
  }
  void quantize_rows() {
    Device& device = this->device_;
    const GridSize threads = {kInt8Threads};
    device.fill(flags_.data(), 0, flags_.size() * sizeof(unsigned));
    launch(device, {.grid = {static_cast<unsigned>(this->m_)}, .block = threads},
           find_outliers<Mode, T>, this->x_.data(), view_);
    launch(device, {.grid = {1}, .block = threads}, list_outliers, view_);
    launch(device, {.grid = {blocks_for(view_.m * view_.k, kInt8Threads)}, .block = threads},
           quantize_activations, view_);
  }
  virtual void multiply(const QuantizedView& w) {
    launch(this->device_,
           {.grid = {blocks_for(this->output_.size(), kInt8Threads)}, .block = {kInt8Threads}},
           int8_product<Mode, T>, view_, w, this->y_.data());
  }

  DeviceBuffer<__half> values_;
  DeviceBuffer<std::int8_t> codes_;
  DeviceBuffer<float> row_absmax_;
  DeviceBuffer<unsigned> flags_;
  DeviceBuffer<int> columns_;
  DeviceBuffer<int> count_;
  Int8View view_;
};

template <class Mode, class T>
class Int8MmaTrial : public Int8Trial<Mode, T> {
 public:
  using Int8Trial<Mode, T>::Int8Trial;

 private:
  void multiply(const QuantizedView& w) override {
    const bool few = this->m_ <= 8;
    launch(this->device_,
           {.grid = {blocks_for(this->output_.cols, kTileRows),
                     blocks_for(this->m_, few ? 8 : 8 * kInt8MmaColumns)},
            .block = {32 * kInt8MmaWarps},
            .shared_bytes = kInt8MmaShared},
           few ? int8_mma<Mode, T, 1> : int8_mma<Mode, T, kInt8MmaColumns>, this->view_, w,
           this->y_.data());
  }
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
