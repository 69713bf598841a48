// SPDX-License-Identifier: Apache-2.0
// Trials of dequantize.
#pragma once

#include <numeric>
#include <type_traits>

#include "kernels/dequantize/dequantize.cuh"
#include "kernels/dequantize/dequantize_wide.cuh"
#include "kernels/device/device_matrix.h"
#include "kernels/formats/values.cuh"
#include "kernels/kernel.h"

namespace qbench::QBENCH_SIMT_DEVICE {

// Launches a kernel that dequantizes weights of a range, which begins at a multiple of
// kRangeUnit<Mode>: of what a thread takes.
template <class T>
using Dequantize = void (*)(Device& device, const QuantizedView& q, T* out, WeightRange range);
template <class Mode>
constexpr std::int64_t kRangeUnit = std::lcm(kStretch, Mode::CodeUnit::kEvery);

template <class Mode, class T>
void launch_dequantize(Device& device, const QuantizedView& q, T* out, WeightRange range) {
  const std::int64_t bytes = packed_bytes(range.past, Mode::kBits, Mode::kPacking);
  const std::int64_t before = Mode::CodeUnit::at(range.first) * Mode::CodeUnit::kBytes;
  const std::int64_t a_block = kDequantizeThreads * Mode::CodeUnit::kBytes;
  launch(device, {.grid = {blocks_for(bytes - before, a_block)}, .block = {kDequantizeThreads}},
         dequantize<Mode, T>, q, out, range, bytes);
}

// True where the 16 weights of a thread share a scale.
template <class Mode>
bool takes_wide_dequantize(std::int64_t cols) {
  return std::is_same_v<typename Mode::Groups, Blocks> || cols % kStretch == 0;
}

template <class Mode, class T>
void launch_dequantize_wide(Device& device, const QuantizedView& q, T* out, WeightRange range) {
  const bool flat = std::is_same_v<typename Mode::Groups, Blocks>;
  launch(device,
         {.grid = {blocks_for(range.past - range.first, kWideChunks * kWideChunk)},
          .block = {kWideThreads}},
         dequantize_wide<Mode, T>, q, out, range, flat || q.cols % q.block_size == 0);
}

template <class T>
class DequantizeTrial : public Trial {
 public:
  DequantizeTrial(Device& device, const Problem& problem, Dequantize<T> dequantize)
      : device_(device),
        dequantize_(dequantize),
        codes_(device, *problem.quantized),
        out_(device, problem.quantized->size()),
        output_(problem.quantized->rows, problem.quantized->cols) {}

  double run_once() override {
    return device_.seconds_of([&] { run(codes_.view(), out_.data()); });
  }
  void poison() override { out_.poison(); }
  const Matrix& output() override {
    out_.download(output_);
    return output_;
  }
  std::unique_ptr<Replay> replay() override {
    return rotate(device_, codes_.bytes() + out_.bytes(), [this]() -> Run {
      return [this, codes = std::make_shared<DeviceMatrix>(codes_),
              out = std::make_shared<Values<T>>(out_)] { run(codes->view(), out->data()); };
    });
  }
  Device* device() override { return &device_; }

 private:
  void run(const QuantizedView& q, T* out) { dequantize_(device_, q, out, {0, q.rows * q.cols}); }

  Device& device_;
  Dequantize<T> dequantize_;
  DeviceMatrix codes_;
  Values<T> out_;
  Matrix output_;
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
