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

// Codes and scales of one problem; what runs between is the derived trial's.
template <class T>
class QuantizeTrial : public Trial {
 public:
  QuantizeTrial(Device& device, const Problem& problem)
      : device_(device),
        weights_(device, problem.weights->size()),
        codes_(device, *problem.quantized),
        groups_(problem.quantized->groups().groups()),
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
  virtual void run(const T* weights, const QuantizedView& q) = 0;

  Device& device_;
  Values<T> weights_;
  DeviceMatrix codes_;
  std::int64_t groups_;
  QuantizedMatrix host_;
  Matrix empty_;
};

// The kernels by which a mode finds its scales and codes, in the order in which they run. Null: it
// has no such step.
template <class T>
struct QuantizeKernels {
  // A warp a group; or else the scale of a tensor, in two launches.
  void (*scales)(const T*, QuantizedView, float*, std::int64_t);
  void (*shares)(const T*, GroupStatistic*, std::int64_t);
  void (*scale_of_shares)(const GroupStatistic*, int, QuantizedView, float*);
  // Scales of scales: under the absmax of blocks, less their mean, or under the largest of all.
  void (*less_mean)(const float*, const double*, QuantizedView, std::int64_t);
  void (*under_largest)(const float*, const float*, QuantizedView, std::int64_t);
  void (*choose_scales)(const T*, QuantizedView, const float*, std::int64_t);
  void (*zero_points)(const float*, QuantizedView, std::int64_t);
  int zero_points_a_thread;
  void (*codes)(const T*, QuantizedView, const float*, std::int64_t);
  int bytes_a_thread;

  bool has_outer() const { return less_mean != nullptr || under_largest != nullptr; }
};

template <class Mode, class T>
QuantizeKernels<T> quantize_kernels() {
  QuantizeKernels<T> kernels = {};
  if constexpr (kHasOneScale<Mode>) {
    kernels.shares = find_shares<Mode, T>;
    kernels.scale_of_shares = store_scale_of_shares<Mode>;
  } else if constexpr (Mode::kMeans) {
    kernels.scales = find_mean_scales<Mode, T>;
  } else if constexpr (Mode::kClips) {
    kernels.scales = find_clipped_scales<Mode, T>;
  } else {
    kernels.scales = find_scales<Mode, T>;
  }
  if constexpr (Mode::kOuter == Outer::blocks_less_mean) kernels.less_mean = quantize_scales<Mode>;
  if constexpr (Mode::kOuter == Outer::tensor) kernels.under_largest = store_under_largest<Mode>;
  if constexpr (Mode::kHasCandidates) kernels.choose_scales = choose_scales<Mode, T>;
  if constexpr (Mode::kHasZero) {
    kernels.zero_points = store_zero_points<Mode::kZeroBits>;
    kernels.zero_points_a_thread = Unit<Mode::kZeroBits, Packing::low_first>::kCodes;
  }
  kernels.codes = find_codes<Mode, T>;
  kernels.bytes_a_thread = Mode::CodeUnit::kBytes;
  return kernels;
}

template <class T>
class QuantizeGroupsTrial : public QuantizeTrial<T> {
 public:
  QuantizeGroupsTrial(Device& device, const Problem& problem, const QuantizeKernels<T>& kernels)
      : QuantizeTrial<T>(device, problem),
        kernels_(kernels),
        aside_(device, static_cast<std::size_t>(this->groups_)),
        sums_(device, kernels.shares != nullptr
                          ? kShares * sizeof(GroupStatistic) / sizeof(double)
                          : 2 * static_cast<std::size_t>(blocks_for(this->groups_, kScaleBlock))) {}

 protected:
  void run(const T* weights, const QuantizedView& q) override {
    if (kernels_.shares != nullptr)
      find_tensor_scale(weights, q);
    else
      launch_over(this->groups_, kQuantizeThreads / 32, kernels_.scales, weights, q, aside_.data(),
                  this->groups_);
    find_outer_scales(q);
    if (kernels_.choose_scales != nullptr)
      launch(this->device_,
             {.grid = {blocks_for(this->groups_, kCandidateThreads)}, .block = {kCandidateThreads}},
             kernels_.choose_scales, weights, q, aside_.data(), this->groups_);
    if (kernels_.zero_points != nullptr)
      launch_over(this->groups_, kQuantizeThreads * kernels_.zero_points_a_thread,
                  kernels_.zero_points, aside_.data(), q, this->groups_);
    const auto bytes = static_cast<std::int64_t>(this->host_.codes.size());
    launch_over(bytes, kQuantizeThreads * kernels_.bytes_a_thread, kernels_.codes, weights, q,
                aside_.data(), bytes);
  }

  // `summed`: the first level of the tree of the absmax is there.
  void find_outer_scales(const QuantizedView& q, bool summed = false) {
    if (kernels_.less_mean != nullptr) double_quantize(q, summed);
    if (kernels_.under_largest != nullptr) quantize_under_largest(q);
  }

  QuantizeKernels<T> kernels_;
  DeviceBuffer<float> aside_;
  DeviceBuffer<double> sums_;

 private:
  // Launches blocks of kQuantizeThreads, each of which takes `each` of `count`.
  template <class K, class... A>
  void launch_over(std::int64_t count, std::int64_t each, K* kernel, const A&... arguments) {
    launch(this->device_, {.grid = {blocks_for(count, each)}, .block = {kQuantizeThreads}}, kernel,
           arguments...);
  }

  void find_tensor_scale(const T* weights, const QuantizedView& q) {
    const std::int64_t count = q.rows * q.cols;
    auto* const shares = reinterpret_cast<GroupStatistic*>(sums_.data());
    const unsigned blocks = std::min(blocks_for(count, kQuantizeThreads),
                                     static_cast<unsigned>(kShares / (kQuantizeThreads / 32)));
    launch(this->device_, {.grid = {blocks}, .block = {kQuantizeThreads}}, kernels_.shares, weights,
           shares, count);
    launch(this->device_, {.grid = {1}, .block = {32}}, kernels_.scale_of_shares, shares,
           static_cast<int>(blocks) * (kQuantizeThreads / 32), q, aside_.data());
  }

  // Takes the largest of each 256 statistics, then of each 256 of those, until one is left.
  void quantize_under_largest(const QuantizedView& q) {
    const std::int64_t groups = this->groups_;
    const unsigned blocks = blocks_for(groups, kScaleBlock);
    auto* to = reinterpret_cast<float*>(sums_.data());
    const float* from = aside_.data();
    for (std::int64_t left = groups; from == aside_.data() || left > 1;
         left = blocks_for(left, kScaleBlock)) {
      launch(this->device_, {.grid = {blocks_for(left, kScaleBlock)}, .block = {kScaleBlock}},
             largest_of_blocks, from, to, left);
      const float* const found = to;
      to = from == aside_.data() ? to + blocks : const_cast<float*>(from);
      from = found;
    }
    launch(this->device_, {.grid = {blocks}, .block = {kScaleBlock}}, kernels_.under_largest,
           aside_.data(), from, q, groups);
  }

  void double_quantize(const QuantizedView& q, bool summed) {
    const unsigned blocks = blocks_for(this->groups_, kScaleBlock);
    double* from = sums_.data();
    double* to = from + blocks;
    if (!summed)
      launch(this->device_, {.grid = {blocks}, .block = {kScaleBlock}}, sum_tree<float>,
             aside_.data(), from, this->groups_);
    for (std::int64_t left = blocks; left > 1; left = blocks_for(left, kScaleBlock)) {
      launch(this->device_, {.grid = {blocks_for(left, kScaleBlock)}, .block = {kScaleBlock}},
             sum_tree<double>, from, to, left);
      std::swap(from, to);
    }
    launch(this->device_, {.grid = {blocks}, .block = {kScaleBlock}}, kernels_.less_mean,
           aside_.data(), from, q, this->groups_);
  }
};

// The trial of the modes of Family::wide_quantize.
template <class T>
class QuantizeWideTrial : public QuantizeGroupsTrial<T> {
 public:
  using QuantizeWide = void (*)(const T*, QuantizedView, float*, double*);

  QuantizeWideTrial(Device& device, const Problem& problem, const QuantizeKernels<T>& kernels,
                    QuantizeWide quantize_wide)
      : QuantizeGroupsTrial<T>(device, problem, kernels), quantize_wide_(quantize_wide) {}

 private:
  void run(const T* weights, const QuantizedView& q) override {
    const bool summed = this->kernels_.less_mean != nullptr && q.block_size <= kSummedBlock;
    launch(
        this->device_,
        {.grid = {blocks_for(q.rows * q.cols, kWideChunks * kWideChunk)}, .block = {kWideThreads}},
        quantize_wide_, weights, q,
        this->kernels_.has_outer() ? this->aside_.data() : reinterpret_cast<float*>(q.scales),
        summed ? this->sums_.data() : nullptr);
    this->find_outer_scales(q, summed);
  }

  QuantizeWide quantize_wide_;
};

}  // namespace qbench::QBENCH_SIMT_DEVICE
