// SPDX-License-Identifier: Apache-2.0
// Findings as gates would make them, for the tests of reports.
#pragma once

#include <string>
#include <vector>

#include "reports/findings/finding.h"

namespace qbench::samples {

// One of every judgement, with all that needs an escape somewhere.
inline std::vector<Finding> findings() {
  const std::string gemm = "gemm/mode:nf4/kernel:auto/bs:64/m:16", gemv = "gemv/mode:int8/m:1";
  const std::string rerun = "qbench gate --errors tests/errors.ledger --case " + gemm;
  return {
      {"errors", Judgement::same, gemv, "codes", "8a1f", "8a1f", "", "", "", 0},
      {"errors", Judgement::breach, gemm, "codes", "c0de", "beef", "", rerun, "tests/errors.ledger",
       12},
      {"errors", Judgement::breach, gemm, "", "", "", "error: 50% < 1 & \"x\", it's so", rerun, "",
       0},
      {"errors", Judgement::recorded, gemv, "scales", "", "77aa", "", "", "", 0},
      {"speed", Judgement::same, gemv, "seconds", "1.00 ms", "1.01 ms", "x1.010", "", "", 0},
      {"speed", Judgement::slow, gemm, "seconds", "1.00 ms", "1.25 ms", "x1.250, over 1.030",
       "qbench gate --case " + gemm, "", 0},
      {"speed", Judgement::traded, "geometric mean", "seconds", "", "", "x1.02", "", "", 0},
      {"speed", Judgement::inconclusive, "a|b", "seconds", "2 ms", "2.1 ms", "", "", "", 0},
      {"speed", Judgement::clock, "c", "seconds", "2 ms", "3 ms", "cycles are the same", "", "", 0},
      {"speed", Judgement::incomparable, "d", "seconds", "2 ms", "", "is new", "", "", 0},
      {"static", Judgement::fast, "sm_90 gemv/nf4/bf16", "registers", "48", "40", "",
       "scripts/kernels/kernel_gates", "kernels/gates/gates.json", 63},
      {"static", Judgement::skipped, "sm_80", "", "", "", "no nvcc", "", "", 0},
      {"instructions", Judgement::unjudged, "instructions", "", "", "", "no case runs on the CPU",
       "", "", 0},
  };
}

}  // namespace qbench::samples
