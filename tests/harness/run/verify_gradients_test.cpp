// SPDX-License-Identifier: Apache-2.0
// Verification judges the gradients of an adapter beside that of the input.
#include <limits>

#include "harness/run/verify.h"
#include "reference/lora.h"
#include "reference/reference.h"
#include "suites/inputs/distributions.h"
#include "tests/catch.h"

namespace qbench {
namespace {

// A trial of a step back, which shows what it is given.
class ShownGradients : public Trial {
 public:
  explicit ShownGradients(reference::LoraGradients made) : made_(std::move(made)) {}
  double run_once() override { return 0; }
  void poison() override {}
  const Matrix& output() override { return made_.x; }
  const reference::LoraGradients* gradients() override { return &made_; }

 private:
  reference::LoraGradients made_;
};

// The verdict on the reference's own gradients of a layer with that input.
Verdict verdict_with(const Matrix& x) {
  const Mode& mode = *find_mode("nf4");
  const QuantizedMatrix weights =
      reference::quantize(mode, mode.block_size, make_weights(Input::normal, 8, 64, 1));
  const reference::Adapter adapter{.a = make_weights(Input::normal, 2, 64, 2),
                                   .b = make_weights(Input::normal, 8, 2, 3),
                                   .scale = 8};
  const Matrix g = make_weights(Input::normal, x.rows, 8, 4);
  ShownGradients trial(reference::lora_backward(x, g, weights, adapter, Dtype::fp32));
  return verify_gradients(expected_lora_gradient(g, weights, adapter, Dtype::fp32),
                          expected_adapter(x, g, adapter), trial);
}

}  // namespace

TEST_CASE("gradients of an adapter of which no element can be judged prove nothing") {
  Matrix x = make_weights(Input::normal, 3, 64, 5);
  CHECK(verdict_with(x).wrong.empty());
  CHECK(verdict_with(x).unproven.empty());
  std::ranges::fill(x.values, std::numeric_limits<float>::quiet_NaN());
  CHECK(verdict_with(x).wrong.empty());
  CHECK(verdict_with(x).unproven ==
        "the gradient of A: this input proves nothing: the expected output is not finite");
}

}  // namespace qbench
