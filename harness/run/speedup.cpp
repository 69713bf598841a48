// SPDX-License-Identifier: Apache-2.0
// What a product is compared with.
#include "harness/run/speedup.h"

#include <fmt/format.h>

namespace qbench {
namespace {

std::string problem_of(const Result& r) {
  return fmt::format("{} {} {} {} {} {} {} {}", r.op, r.device, r.m.value_or(0), r.n.value_or(0),
                     r.k.value_or(0), r.input, r.seed, r.tensor);
}

}  // namespace

void Speedups::compare(Result& r) {
  if (r.status != Status::passed || !(r.seconds.value_or(0) > 0)) return;
  const std::string problem = problem_of(r);
  if (r.mode == "bf16" && r.kernel == "cublaslt") baselines_[problem] = *r.seconds;
  const auto baseline = baselines_.find(problem);
  if (baseline != baselines_.end()) r.speedup = baseline->second / *r.seconds;
}

}  // namespace qbench
