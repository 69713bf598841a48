// SPDX-License-Identifier: Apache-2.0
// The main program of the builds that take no test framework: sanitizers, and a GPU.
//     PROGRAM           runs every case, prints those that are wrong; exit 2 if any is
//     PROGRAM FAULT     runs one planted bug, whose finder then speaks
#pragma once

#include <cstdio>
#include <cstring>

#include "tests/kernels/emulator/cases.h"

namespace qbench {

inline int run_cases(Device& device, const std::vector<SimtCase>& cases) {
  int wrong = 0;
  for (const SimtCase& test : cases) {
    if (test.by_wgmma && !device.traits().wgmma) {
      std::printf("not run: %s: no wgmma here\n", test.name);
      continue;
    }
    if (test.right(device)) continue;
    std::printf("WRONG: %s\n", test.name);
    ++wrong;
  }
  std::printf("%zu cases, %d wrong\n", cases.size(), wrong);
  return wrong ? 2 : 0;
}

inline int run_fault(Device& device, const std::vector<SimtFault>& faults, const char* name) {
  for (const SimtFault& fault : faults) {
    if (std::strcmp(fault.name, name) != 0) continue;
    const bool right = fault.right(device);
    std::printf("%s: %s\n", name, right ? "right" : "wrong");
    return right ? 0 : 2;
  }
  std::printf("no fault '%s'\n", name);
  return 1;
}

}  // namespace qbench
