// SPDX-License-Identifier: Apache-2.0
// The ceilings of a device, measured, and how near to them a case comes.
#pragma once

#include <optional>
#include <string>

#include "harness/measure/device_stopwatch.h"
#include "kernels/ceilings/ceilings.h"
#include "reports/result.h"
#include "suites/suite.h"

namespace qbench {

struct Ceilings {
  std::optional<double> copy, read;  // bytes a second
  std::optional<double> bf16, s8;    // multiplications and additions a second
  std::string missing;               // which could not be measured and why, or empty
};

// Each is verified, then timed.
Ceilings measure_ceilings(const CeilingTrials& trials, const Sampling& sampling = {});

// Of a CUDA device, measured once; nothing of devices without a clock of their own.
const Ceilings& ceilings_of(DeviceId device);

// "copy 4.31e+12 bytes_per_second, ..., bf16 6.5e+14 flops_per_second, ...".
std::string to_text(const Ceilings& ceilings);

// Seconds at the ceilings over the measured ones: of bytes at the speed of reading (matmul) or
// copying, or of flops at that of s8 (int8) or bf16, whichever takes longer. Absent where one of
// the two is not known, or the case has no time.
std::optional<double> roofline_fraction(const Ceilings& ceilings, const Case& c, const Result& r);

// One condition for each device of its own clock that the cases run on; measures its ceilings.
void add_ceilings(Environment& environment, const std::vector<Case>& cases);

}  // namespace qbench
