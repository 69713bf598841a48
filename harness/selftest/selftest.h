// SPDX-License-Identifier: Apache-2.0
// Verb selftest: injects faults into kernels and checks that the harness catches every one.
#pragma once

#include <string>
#include <vector>

#include "harness/selftest/faults.h"

namespace qbench {

// One fault, or health, in one operation. Healthy cases must pass.
struct SelftestRow {
  std::string fault;  // name of the fault, or description of the healthy cases
  std::string operation;
  bool injected = true;             // false for healthy cases
  int cases = 0;                    // number of cases run
  int caught = 0;                   // number of faults noticed, or of healthy cases that passed
  std::string how;                  // the first reason for which a case was rejected
  std::vector<std::string> missed;  // ids of unnoticed faults, or of healthy cases that failed
};

// Runs every applicable combination of mode, operation and fault at one small shape, with the
// reference's kernels. A fault is caught if the case is wrong or an error and has no time.
std::vector<SelftestRow> selftest_faults(const std::vector<Fault>& faults = all_faults());

// A table, the missed ids, and "N faults injected, N caught; M healthy cases, M passed".
std::string to_text(const std::vector<SelftestRow>& rows);

// Prints to_text(rows). Returns 0 if there are faults and healthy cases, every fault was caught and
// every healthy case passed, else 2.
int report_selftest(const std::vector<SelftestRow>& rows);

int run_selftest();

}  // namespace qbench
