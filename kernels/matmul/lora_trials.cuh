// SPDX-License-Identifier: Apache-2.0
// Trials of layers with adapters: a mode's own product in f32, with the adapter around it.
#pragma once

#include "kernels/matmul/lora.cuh"
#include "kernels/matmul/matmul_trials.cuh"

namespace qbench::QBENCH_SIMT_DEVICE {

// Base: the trial of the product in f32, whose x is made from that of type T in every run;
// `of_base` is what it takes beside the problem.
template <class Base, class T>
class LoraTrial : public Base {
 public:
  template <class... OfBase>
  LoraTrial(Device& device, const Problem& problem, OfBase... of_base)
      : Base(device, problem, of_base...),
        rank_(problem.adapter->rank()),
        scale_(problem.adapter->scale),
        narrow_(device, problem.x->size()),
        a_(device, problem.adapter->a.size()),
        b_(device, problem.adapter->b.size()),
        inner_(device, this->m_ * rank_),
        sum_(device, this->output_.size()) {
    narrow_.upload(*problem.x);
    a_.upload(problem.adapter->a);
    b_.upload(problem.adapter->b);
  }

  void poison() override {
    Base::poison();
    this->x_.poison();
    inner_.poison();
    sum_.poison();
  }
  const Matrix& output() override {
    sum_.download(this->output_);
    return this->output_;
  }

 protected:
  void run(const QuantizedView& w) override {
    constexpr int kWarps = kLoraThreads / 32;
    const std::int64_t m = this->m_, n = w.rows, k = w.cols;
    const auto over = [](std::int64_t count, int each) -> LaunchConfig {
      return {.grid = {blocks_for(count, each)}, .block = {kLoraThreads}};
    };
    launch(this->device_, over(m * k, kLoraThreads), widen<T>, narrow_.data(), this->x_.data(),
           m * k);
    Base::run(w);
    launch(this->device_, over(m * rank_, kWarps), lora_down<T>, narrow_.data(), a_.data(),
           inner_.data(), m, rank_, k);
    launch(this->device_, over(m * n, kLoraThreads), lora_up<T>, this->y_.data(), inner_.data(),
           b_.data(), scale_, sum_.data(), m, n, rank_);
  }

 private:
  std::int64_t rank_;
  float scale_;
  Values<T> narrow_, a_, b_;
  Values<float> inner_;
  Values<T> sum_;
};

template <class T>
using LoraGemmTrial = LoraTrial<OneLaunchTrial<float, std::int64_t>, T>;

template <class Mode, class T>
using LoraInt8Trial = LoraTrial<Int8Trial<Mode, float>, T>;

}  // namespace qbench::QBENCH_SIMT_DEVICE
