// SPDX-License-Identifier: Apache-2.0
// Trials of quantize.
#pragma once

#include <algorithm>
#include <utility>

#include "kernels/device/device_matrix.h"
#include "kernels/formats/values.cuh"
#include "kernels/kernel.h"
#include "kernels/quantize/clipped_scales.cuh"
#include "kernels/quantize/double_quantize.cuh"
#include "kernels/quantize/mean_scales.cuh"
#include "kernels/quantize/quantize.cuh"
#include "kernels/quantize/quantize_wide.cuh"
#include "kernels/quantize/scale_candidates.cuh"
#include "kernels/quantize/tensor_scale.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

template <class Mode, class T>
class QuantizeTrial : public Trial {
 public:
  QuantizeTrial(Device& device, const Problem& problem)
      : device_(device),
        weights_(device, problem.weights->size()),
        codes_(device, *problem.quantized),
        groups_(Mode::Groups::count(codes_.view())),
        aside_(device, static_cast<std::size_t>(groups_)),
        sums_(device, kHasOneScale<Mode>
                          ? kShares * sizeof(GroupStatistic) / sizeof(double)
                          : 2 * static_cast<std::size_t>(blocks_for(groups_, kScaleBlock))),
        host_(problem.mode->format, problem.quantized->block_size, problem.weights->rows,
              problem.weights->cols),
        empty_(0, 0) {
    weights_.upload(*problem.weights);
  }

  double run_once() override {
    return device_.seconds_of([&] { run(weights_.data(), codes_.view()); });
  }
  void poison() override { codes_.fill(0xa5); }
  const Matrix& output() override { return empty_; }
  const QuantizedMatrix* quantized() override {
    codes_.copy_to(host_);
    return &host_;
  }
  std::unique_ptr<Replay> replay() override {
    return rotate(device_, weights_.bytes() + codes_.bytes(), [this]() -> Run {
      return
          [this, weights = std::make_shared<Values<T>>(weights_),
           codes = std::make_shared<DeviceMatrix>(codes_)] { run(weights->data(), codes->view()); };
    });
  }
  Device* device() override { return &device_; }

 protected:
  using ZeroUnit = Unit<Mode::kZeroBits, Packing::low_first>;

  virtual void run(const T* weights, const QuantizedView& q) {
    if constexpr (!Mode::kByUnits) find_scales_and_codes(weights, q);
  }

  void find_scales_and_codes(const T* weights, const QuantizedView& q) {
    const auto bytes = static_cast<std::int64_t>(host_.codes.size());
    if constexpr (kHasOneScale<Mode>)
      find_tensor_scale(weights, q);
    else
      launch(device_,
             {.grid = {blocks_for(groups_, kQuantizeThreads / 32)}, .block = {kQuantizeThreads}},
             scales_kernel(), weights, q, aside_.data(), groups_);
    find_outer_scales(q);
    if constexpr (Mode::kHasCandidates)
      launch(device_,
             {.grid = {blocks_for(groups_, kCandidateThreads)}, .block = {kCandidateThreads}},
             choose_scales<Mode, T>, weights, q, aside_.data(), groups_);
    if constexpr (Mode::kHasZero)
      launch(device_,
             {.grid = {blocks_for(groups_, kQuantizeThreads * ZeroUnit::kCodes)},
              .block = {kQuantizeThreads}},
             store_zero_points<Mode::kZeroBits>, aside_.data(), q, groups_);
    launch(device_,
           {.grid = {blocks_for(bytes, kQuantizeThreads * Mode::CodeUnit::kBytes)},
            .block = {kQuantizeThreads}},
           find_codes<Mode, T>, weights, q, aside_.data(), bytes);
  }

  void find_tensor_scale(const T* weights, const QuantizedView& q) {
    const std::int64_t count = q.rows * q.cols;
    auto* const shares = reinterpret_cast<GroupStatistic*>(sums_.data());
    const unsigned blocks = std::min(blocks_for(count, kQuantizeThreads),
                                     static_cast<unsigned>(kShares / (kQuantizeThreads / 32)));
    launch(device_, {.grid = {blocks}, .block = {kQuantizeThreads}}, find_shares<Mode, T>, weights,
           shares, count);
    launch(device_, {.grid = {1}, .block = {32}}, store_scale_of_shares<Mode>, shares,
           static_cast<int>(blocks) * (kQuantizeThreads / 32), q, aside_.data());
  }

  static auto scales_kernel() {
    if constexpr (Mode::kMeans)
      return find_mean_scales<Mode, T>;
    else if constexpr (Mode::kClips)
      return find_clipped_scales<Mode, T>;
    else
      return find_scales<Mode, T>;
  }

  void find_outer_scales(const QuantizedView& q) {
    if constexpr (Mode::kOuter == Outer::blocks_less_mean) double_quantize(q);
    if constexpr (Mode::kOuter == Outer::tensor) quantize_under_largest(q);
  }

  // Takes the largest of each 256 statistics, then of each 256 of those, until one is left.
  void quantize_under_largest(const QuantizedView& q) {
    const unsigned blocks = blocks_for(groups_, kScaleBlock);
    auto* to = reinterpret_cast<float*>(sums_.data());
    const float* from = aside_.data();
    for (std::int64_t left = groups_; from == aside_.data() || left > 1;
         left = blocks_for(left, kScaleBlock)) {
      launch(device_, {.grid = {blocks_for(left, kScaleBlock)}, .block = {kScaleBlock}},
             largest_of_blocks, from, to, left);
      const float* const found = to;
      to = from == aside_.data() ? to + blocks : const_cast<float*>(from);
      from = found;
    }
    launch(device_, {.grid = {blocks}, .block = {kScaleBlock}}, store_under_largest<Mode>,
           aside_.data(), from, q, groups_);
  }

  void double_quantize(const QuantizedView& q) {
    const unsigned blocks = blocks_for(groups_, kScaleBlock);
    double* from = sums_.data();
    double* to = from + blocks;
    launch(device_, {.grid = {blocks}, .block = {kScaleBlock}}, sum_tree<float>, aside_.data(),
           from, groups_);
    for (std::int64_t left = blocks; left > 1; left = blocks_for(left, kScaleBlock)) {
      launch(device_, {.grid = {blocks_for(left, kScaleBlock)}, .block = {kScaleBlock}},
             sum_tree<double>, from, to, left);
      std::swap(from, to);
    }
    launch(device_, {.grid = {1}, .block = {1}}, store_mean, from, q, groups_);
    launch(device_, {.grid = {blocks}, .block = {kScaleBlock}}, quantize_scales<Mode>,
           aside_.data(), q, groups_);
  }

  Device& device_;
  Values<T> weights_;
  DeviceMatrix codes_;
  std::int64_t groups_;
  DeviceBuffer<float> aside_;
  DeviceBuffer<double> sums_;
  QuantizedMatrix host_;
  Matrix empty_;
};

// The trial of the modes of Family::wide_quantize.
template <class Mode, class T>
class QuantizeWideTrial : public QuantizeTrial<Mode, T> {
 public:
  using QuantizeTrial<Mode, T>::QuantizeTrial;

 protected:
  void run(const T* weights, const QuantizedView& q) override {
    launch(
        this->device_,
        {.grid = {blocks_for(q.rows * q.cols, kWideChunks * kWideChunk)}, .block = {kWideThreads}},
        quantize_wide<Mode, T>, weights, q,
        Mode::kOuter == Outer::none ? reinterpret_cast<float*>(q.scales) : this->aside_.data());
    this->find_outer_scales(q);
  }
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
