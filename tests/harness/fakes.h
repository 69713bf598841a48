// SPDX-License-Identifier: Apache-2.0
// Kernels that lie: the reference's, with what they show spoiled.
#pragma once

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "kernels/kernel.h"
#include "kernels/simt/device.h"
#include "suites/suite.h"

namespace qbench::test {

inline const Kernel& reference_kernel(Op op) {
  return *std::ranges::find(all_kernels(), op, &Kernel::op);
}

// Runs the reference, then spoils its output.
class Spoiled : public Trial {
 public:
  Spoiled(const Problem& problem, void (*spoil)(Matrix&))
      : inner_(reference_kernel(problem.op).prepare(problem)), spoil_(spoil) {}
  double run_once() override {
    const double seconds = inner_->run_once();
    output_ = inner_->output();
    spoil_(output_);
    return seconds;
  }
  void poison() override {
    inner_->poison();
    output_ = inner_->output();
  }
  const Matrix& output() override { return output_; }
  const QuantizedMatrix* quantized() override { return inner_->quantized(); }

 private:
  std::unique_ptr<Trial> inner_;
  void (*spoil_)(Matrix&);
  Matrix output_;
};

// Takes no time to do nothing at all.
class Idle : public Spoiled {
 public:
  explicit Idle(const Problem& problem) : Spoiled(problem, nullptr) {}
  double run_once() override { return 1e-6; }
};

class Throwing : public Idle {
 public:
  using Idle::Idle;
  double run_once() override { throw std::runtime_error("the device has left"); }
};

class TooLarge : public Idle {
 public:
  using Idle::Idle;
  double run_once() override { throw DeviceOutOfMemory("cudaMalloc of 9 bytes"); }
};

inline void nothing(Matrix&) {}
inline void zeros(Matrix& y) { std::ranges::fill(y.values, 0.0f); }
inline void one_nan(Matrix& y) { y.values.back() = std::numeric_limits<float>::quiet_NaN(); }
inline void gain(Matrix& y) {
  for (float& value : y.values) value *= 1.01f;
}
inline void one_sign(Matrix& y) { y.values.front() = -y.values.front(); }

inline std::string supported(const Problem&) { return {}; }
inline std::string unsupported(const Problem&) { return "no tensor cores here"; }

template <void (*spoil)(Matrix&)>
std::unique_ptr<Trial> prepare_spoiled(const Problem& problem) {
  return std::make_unique<Spoiled>(problem, spoil);
}
template <class T>
std::unique_ptr<Trial> prepare(const Problem& problem) {
  return std::make_unique<T>(problem);
}

inline Kernel fake(Op op, std::unique_ptr<Trial> (*prepare)(const Problem&)) {
  return {.name = "fake",
          .op = op,
          .device = "cpu",
          .mode = nullptr,
          .unsupported = supported,
          .prepare = prepare};
}

// A small case of the suite that the kernel is for.
inline Case small_case(const Kernel& kernel, const char* mode = "nf4") {
  Case c;
  c.suite = find_suite(kernel.op == Op::roundtrip ? "roundtrip" : "gemm");
  c.mode = find_mode(mode);
  c.kernel = &kernel;
  c.dtype = kernel.op == Op::roundtrip ? Dtype::fp32 : c.mode->dtype;
  c.block_size = c.mode->block_size;
  c.shape = {kernel.op == Op::roundtrip ? 0 : 5, 24, 192};
  return c;
}

}  // namespace qbench::test
