// SPDX-License-Identifier: Apache-2.0
// selftest: faults are injected into the harness's own work, and every one must be caught.
#pragma once

#include <string>
#include <vector>

#include "harness/selftest/faults.h"

namespace qbench {

// One kind of fault at one operation; or none, where nothing may be raised.
struct SelftestRow {
  std::string fault;  // its name; what is healthy, where nothing is injected
  std::string operation;
  bool injected = true;             // a fault; else health
  int cases = 0;                    // that were run
  int caught = 0;                   // of a fault: noticed; of health: passed
  std::string how;                  // the reason of the first that was raised
  std::vector<std::string> missed;  // ids of faults that were not noticed, of health that was
};

// Every mode, operation and fault that applies, at one small shape, by the reference's kernels. A
// fault is caught when the case is wrong or an error, and has no time.
std::vector<SelftestRow> selftest_faults(const std::vector<Fault>& faults = all_faults());

// A table, the ids that were missed, and "N faults injected, N caught; M healthy cases, M passed".
std::string to_text(const std::vector<SelftestRow>& rows);

// Prints that. Returns 0 where there are faults and health, every fault was caught and all health
// passed, else 2.
int report_selftest(const std::vector<SelftestRow>& rows);

int run_selftest();

}  // namespace qbench
