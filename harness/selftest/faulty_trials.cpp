// SPDX-License-Identifier: Apache-2.0
// Decorators of trials, one for each way to be wrong.
#include "harness/selftest/faulty_trials.h"

#include <optional>
#include <stdexcept>
#include <utility>

#include "harness/measure/clock.h"

namespace qbench::faulty {
namespace {

class Around : public Trial {
 public:
  Around(const Kernel& kernel, const Problem& problem) : inner_(kernel.prepare(problem)) {}
  double run_once() override { return inner_->run_once(); }
  void poison() override { inner_->poison(); }
  const Matrix& output() override { return inner_->output(); }
  const QuantizedMatrix* quantized() override { return inner_->quantized(); }
  const reference::LoraGradients* gradients() override { return inner_->gradients(); }
  std::unique_ptr<Replay> replay() override { return inner_->replay(); }
  Device* device() override { return inner_->device(); }

 private:
  Made inner_;
};

class SpoiledResults : public Around {
 public:
  SpoiledResults(const Kernel& kernel, const Problem& problem, const Results& spoil)
      : Around(kernel, problem), spoil_(spoil) {}
  const Matrix& output() override {
    output_ = Around::output();
    if (spoil_.output && output_.size() > 0) spoil_.output(output_);
    return output_;
  }
  const QuantizedMatrix* quantized() override {
    const QuantizedMatrix* made = Around::quantized();
    if (made == nullptr || !spoil_.codes) return made;
    codes_.emplace(*made);
    spoil_.codes(*codes_);
    return &*codes_;
  }
  const reference::LoraGradients* gradients() override {
    const reference::LoraGradients* made = Around::gradients();
    if (made == nullptr || !spoil_.gradients) return made;
    gradients_ = *made;
    spoil_.gradients(gradients_);
    return &gradients_;
  }

 private:
  const Results spoil_;
  Matrix output_;
  std::optional<QuantizedMatrix> codes_;
  reference::LoraGradients gradients_;
};

// The spoiled copies, made before the trial that reads them.
struct Copies {
  Copies(Problem problem, const Operands& spoil)
      : quantized(*problem.quantized), x(problem.x ? *problem.x : Matrix()), spoiled(problem) {
    if (spoil.quantized) spoil.quantized(quantized);
    if (spoil.x) spoil.x(x);
    spoiled.quantized = &quantized;
    if (problem.x) spoiled.x = &x;
  }
  Copies(const Copies&) = delete;
  Copies& operator=(const Copies&) = delete;

  QuantizedMatrix quantized;
  Matrix x;
  Problem spoiled;
};

class SpoiledOperands : private Copies, public Around {
 public:
  SpoiledOperands(const Kernel& kernel, const Problem& problem, const Operands& spoil)
      : Copies(problem, spoil), Around(kernel, spoiled) {}
};

class Stopping : public Around {
 public:
  Stopping(const Kernel& kernel, const Problem& problem, int first)
      : Around(kernel, problem), left_(first - 1) {}
  double run_once() override {
    if (left_-- > 0) return Around::run_once();
    left_ = 0;
    const double start = steady_seconds();
    return std::max(steady_seconds() - start, 1e-9);
  }

 private:
  int left_;  // remaining runs that do their work
};

class Failing : public Around {
 public:
  using Around::Around;
  double run_once() override {
    if (std::exchange(ran_, true)) throw std::runtime_error("the second run fails");
    return Around::run_once();
  }

 private:
  bool ran_ = false;
};

class AddingUp : public Around {
 public:
  using Around::Around;
  double run_once() override {
    ++runs_;
    return Around::run_once();
  }
  const Matrix& output() override {
    sum_ = Around::output();
    for (float& value : sum_.values) value *= runs_;
    return sum_;
  }

 private:
  float runs_ = 0;
  Matrix sum_;
};

class LyingReplay : public Replay {
 public:
  LyingReplay(std::unique_ptr<Replay> inner, double (*reported)(double))
      : inner_(std::move(inner)), reported_(reported) {}
  ReplayTraits traits() const override { return inner_->traits(); }
  Sample sample(int times) override {
    Sample out = inner_->sample(times);
    out.seconds = reported_(out.seconds);
    return out;
  }

 private:
  std::unique_ptr<Replay> inner_;
  double (*reported_)(double);
};

class Lying : public Around {
 public:
  Lying(const Kernel& kernel, const Problem& problem, double (*reported)(double))
      : Around(kernel, problem), reported_(reported) {}
  double run_once() override {
    constexpr double kLeast = 1e-4;
    const double start = steady_seconds();
    Around::run_once();
    while (steady_seconds() - start < kLeast) continue;
    return reported_(steady_seconds() - start);
  }
  std::unique_ptr<Replay> replay() override {
    std::unique_ptr<Replay> honest = Around::replay();
    if (!honest) return nullptr;
    return std::make_unique<LyingReplay>(std::move(honest), reported_);
  }

 private:
  double (*reported_)(double);
};

}  // namespace

Made spoil_results(const Kernel& kernel, const Problem& problem, const Results& spoil) {
  return std::make_unique<SpoiledResults>(kernel, problem, spoil);
}
Made spoil_operands(const Kernel& kernel, const Problem& problem, const Operands& spoil) {
  return std::make_unique<SpoiledOperands>(kernel, problem, spoil);
}
Made stop(const Kernel& kernel, const Problem& problem, int first) {
  return std::make_unique<Stopping>(kernel, problem, first);
}
Made fail(const Kernel& kernel, const Problem& problem) {
  return std::make_unique<Failing>(kernel, problem);
}
Made add_up(const Kernel& kernel, const Problem& problem) {
  return std::make_unique<AddingUp>(kernel, problem);
}
Made lie(const Kernel& kernel, const Problem& problem, double (*reported)(double)) {
  return std::make_unique<Lying>(kernel, problem, reported);
}

}  // namespace qbench::faulty
