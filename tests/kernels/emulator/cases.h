// SPDX-License-Identifier: Apache-2.0
// The test kernels as tables: those that must be right, and planted bugs that must be seen.
#pragma once

#include <vector>

#include "kernels/device/device.h"

namespace qbench {

struct SimtCase {
  const char* name;
  bool (*right)(Device&);  // runs on the device and compares with plain loops
  bool by_wgmma = false;   // only where the device has it
};

enum class Finder { emulator, asan, tsan };

struct SimtFault {
  const char* name;
  bool (*right)(Device&);
  Finder finder;        // what must see it
  const char* message;  // part of the error; "" where the result is what tells
};

namespace emulated {
const std::vector<SimtCase>& simt_cases();
const std::vector<SimtFault>& simt_faults();
}  // namespace emulated
namespace cuda {
const std::vector<SimtCase>& simt_cases();
const std::vector<SimtFault>& simt_faults();
}  // namespace cuda

}  // namespace qbench
