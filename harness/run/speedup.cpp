// SPDX-License-Identifier: Apache-2.0
// Finds the baseline of a product.
#include "harness/run/speedup.h"

#include <algorithm>

#include "reports/fields.h"

namespace qbench {
namespace {

bool same_problem(const Result& a, const Result& b) {
  return a.device == b.device && agree(a, b, {Role::run, Role::condition, Role::weights});
}

}  // namespace

void Speedups::compare(Result& r) {
  if (r.status != Status::passed || !(r.seconds.value_or(0) > 0)) return;
  const auto is_same = [&](const Result& other) { return same_problem(other, r); };
  if (r.mode == "bf16" && r.kernel == "cublaslt") {
    std::erase_if(baselines_, is_same);
    baselines_.push_back(r);
  }
  const auto baseline = std::ranges::find_if(baselines_, is_same);
  if (baseline != baselines_.end()) r.speedup = *baseline->seconds / *r.seconds;
}

}  // namespace qbench
