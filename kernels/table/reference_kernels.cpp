// SPDX-License-Identifier: Apache-2.0
// Trials of the reference, timed on the steady clock.
#include "kernels/table/reference_kernels.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "reference/reference.h"

namespace qbench {
namespace {

constexpr std::byte kPoison{0xa5};

template <class F>
double seconds_of(const F& f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void fill_with_nan(Matrix& output) {
  std::ranges::fill(output.values, std::numeric_limits<float>::quiet_NaN());
}

// Quantizes the weights, or dequantizes the reference's codes, or both in turn.
template <Op op>
class Weights : public Trial {
 public:
  explicit Weights(const Problem& problem)
      : problem_(problem), quantized_(*problem.quantized), output_(rows(), problem.weights->cols) {}

  double run_once() override {
    return seconds_of([&] {
      if constexpr (op != Op::dequantize)
        reference::quantize(*problem_.weights, *problem_.mode, quantized_);
      if constexpr (op != Op::quantize) reference::dequantize(quantized_, output_);
      if constexpr (op == Op::dequantize) reference::round_to(problem_.dtype, output_.values);
    });
  }
  void poison() override {
    fill_with_nan(output_);
    if constexpr (op == Op::dequantize) return;
    for_each_plane(quantized_, [](Plane, auto& bytes) { std::ranges::fill(bytes, kPoison); });
  }
  const Matrix& output() override { return output_; }
  const QuantizedMatrix* quantized() override {
    return op == Op::dequantize ? nullptr : &quantized_;
  }

 private:
  std::int64_t rows() const { return op == Op::quantize ? 0 : problem_.weights->rows; }

  Problem problem_;
  QuantizedMatrix quantized_;
  Matrix output_;
};

class Matmul : public Trial {
 public:
  explicit Matmul(const Problem& problem)
      : problem_(problem), output_(problem.x->rows, problem.weights->rows) {}

  double run_once() override {
    return seconds_of(
        [&] { reference::matmul(*problem_.x, *problem_.quantized, problem_.dtype, output_); });
  }
  void poison() override { fill_with_nan(output_); }
  const Matrix& output() override { return output_; }

 private:
  Problem problem_;
  Matrix output_;
};

class LoraForward : public Trial {
 public:
  explicit LoraForward(const Problem& problem)
      : problem_(problem), output_(problem.x->rows, problem.weights->rows) {}

  double run_once() override {
    return seconds_of([&] {
      reference::lora_forward(*problem_.x, *problem_.quantized, *problem_.adapter, problem_.dtype,
                              output_);
    });
  }
  void poison() override { fill_with_nan(output_); }
  const Matrix& output() override { return output_; }

 private:
  Problem problem_;
  Matrix output_;
};

class LoraBackward : public Trial {
 public:
  explicit LoraBackward(const Problem& problem)
      : problem_(problem),
        gradients_{.x = {problem.x->rows, problem.x->cols},
                   .a = {problem.adapter->a.rows, problem.adapter->a.cols},
                   .b = {problem.adapter->b.rows, problem.adapter->b.cols}} {}

  double run_once() override {
    return seconds_of([&] {
      gradients_ = reference::lora_backward(*problem_.x, *problem_.g, *problem_.quantized,
                                            *problem_.adapter, problem_.dtype);
    });
  }
  void poison() override {
    for (Matrix* made : {&gradients_.x, &gradients_.a, &gradients_.b}) fill_with_nan(*made);
  }
  const Matrix& output() override { return gradients_.x; }
  const reference::LoraGradients* gradients() override { return &gradients_; }

 private:
  Problem problem_;
  reference::LoraGradients gradients_;
};

std::string runs_always(const Problem&) { return {}; }

std::string runs_matmul(const Problem& problem) {
  return problem.mode->format.activations ? why_int32_overflows(problem) : std::string();
}

template <class T>
std::unique_ptr<Trial> make(const Problem& problem) {
  return std::make_unique<T>(problem);
}

}  // namespace

std::vector<Kernel> reference_kernels() {
  const auto kernel = [](Op op, auto unsupported, auto prepare) {
    return Kernel{.name = "reference",
                  .op = op,
                  .device = DeviceKind::cpu,
                  .mode = nullptr,
                  .unsupported = unsupported,
                  .prepare = prepare};
  };
  return {kernel(Op::roundtrip, runs_always, make<Weights<Op::roundtrip>>),
          kernel(Op::quantize, runs_always, make<Weights<Op::quantize>>),
          kernel(Op::dequantize, runs_always, make<Weights<Op::dequantize>>),
          kernel(Op::matmul, runs_matmul, make<Matmul>),
          kernel(Op::lora_forward, runs_matmul, make<LoraForward>),
          kernel(Op::lora_backward, runs_always, make<LoraBackward>)};
}

}  // namespace qbench
