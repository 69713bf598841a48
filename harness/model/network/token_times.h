// SPDX-License-Identifier: Apache-2.0
// What a token costs in each mode: products with layers of the network's shapes, timed.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "harness/model/network/network.h"

namespace qbench {

// One token through all layers, one after the other, each by its fastest kernel.
struct TokenTime {
  double seconds = 0;
  bool noisy = false;  // a time in the sum is not to be trusted
};

// The cases of suite gemv that time the layers: each shape once in every candidate, with generated
// weights, on every device that there is. A stack of matrices is as many layers.
std::vector<Case> timing_cases(const std::vector<const Tensor*>& layers,
                               const std::vector<Candidate>& candidates, std::uint64_t seed);

// Runs them, `begin` before each; stops after an interrupt at the end of a group.
std::vector<Result> run_timing(std::span<const Case> cases, int threads,
                               const std::function<void(const Case&)>& begin);

// The times by candidate; absent where a shape has none.
std::vector<std::optional<TokenTime>> token_times(const std::vector<const Tensor*>& layers,
                                                  const std::vector<Candidate>& candidates,
                                                  std::span<const Result> timed);

}  // namespace qbench
