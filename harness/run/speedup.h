// SPDX-License-Identifier: Apache-2.0
// Speedup of products over cuBLASLt's with bf16 weights.
#pragma once

#include <vector>

#include "reports/result.h"

namespace qbench {

// Takes results in the order of the sweep, in which bf16 is the first mode.
class Speedups {
 public:
  // Sets r.speedup: the seconds of the bf16 row of kernel cublaslt divided by those of r. The two
  // agree on device, shape, input, tensor and seed, but not necessarily on the type of activations.
  // Left out if either has no time or did not pass.
  void compare(Result& r);

 private:
  std::vector<Result> baselines_;
};

}  // namespace qbench
