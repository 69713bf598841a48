// SPDX-License-Identifier: Apache-2.0
// speedup: how many times as fast a product is as cuBLASLt's of bf16 weights.
#pragma once

#include <vector>

#include "reports/result.h"

namespace qbench {

// Results are shown to it in the order of the sweep, in which bf16 is the first mode.
class Speedups {
 public:
  // Sets r.speedup: the seconds of the row of mode bf16 and kernel cublaslt of the same device,
  // shape, input, tensor and seed, whatever the types of activations, over those of r. Leaves it
  // out where either is not there or has not passed.
  void compare(Result& r);

 private:
  std::vector<Result> baselines_;
};

}  // namespace qbench
