// SPDX-License-Identifier: Apache-2.0
// Runs of two sides that are made up, and what a comparison finds in them.
#pragma once

#include <string>
#include <vector>

#include "harness/gates/ab/comparison.h"
#include "tests/catch.h"

namespace qbench::test {

inline Result timed(const std::string& id, double seconds, const std::string& suite = "gemv") {
  Result r;
  r.id = id;
  r.suite = suite;
  r.device = "cpu";
  r.seconds = 2 * seconds;
  r.seconds_min = seconds;
  r.samples = 7;
  r.output_sqnr_db = 20;
  r.bits_per_param = 4.5;
  return r;
}

inline Pair pair_of(std::vector<Result> before, std::vector<Result> after) {
  return {{{}, std::move(before)}, {{}, std::move(after)}};
}

// After as many pairs as it takes.
inline std::vector<Finding> findings_of(const Pair& pair, SpeedPolicy policy = {}) {
  Comparison comparison(policy, [](const RowKey&) { return 0.03; });
  for (const int look : policy.rule.looks) {
    for (int i = 0; i < look; ++i) comparison.add(pair);
    comparison.look(look == policy.rule.looks.back());
    if (comparison.done()) break;
  }
  return comparison.findings([](const std::string& subject) { return "again " + subject; });
}

}  // namespace qbench::test
