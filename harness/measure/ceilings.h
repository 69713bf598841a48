// SPDX-License-Identifier: Apache-2.0
// Measures the ceilings of a device, and compares cases with them.
#pragma once

#include <optional>
#include <string>

#include "harness/measure/device_stopwatch.h"
#include "kernels/ceilings/ceilings.h"
#include "reports/result.h"
#include "suites/suite.h"

namespace qbench {

struct Ceilings {
  std::optional<double> copy, read;  // bytes per second
  std::optional<double> bf16, s8;    // multiplications and additions per second
  std::string missing;               // names those that could not be measured, and why; or empty
};

// Verifies, then times each trial.
Ceilings measure_ceilings(const CeilingTrials& trials, const Sampling& sampling = {});

// The ceilings of a CUDA device, measured on first use; empty for other kinds of device.
const Ceilings& ceilings_of(DeviceId device);

// "copy 4.31e+12 bytes_per_second, ..., bf16 6.5e+14 flops_per_second, ...".
std::string to_text(const Ceilings& ceilings);

// max(bytes / bandwidth, flops / peak) / seconds. The bandwidth is that of reading for products and
// of copying otherwise; the peak is that of s8 for modes with 8-bit activations and of bf16
// otherwise. Absent if a ceiling that is needed is unknown, or the case has no time.
std::optional<double> roofline_fraction(const Ceilings& ceilings, const Case& c, const Result& r);

// Adds a condition with the ceilings of each CUDA device that the cases run on.
void add_ceilings(Environment& environment, const std::vector<Case>& cases);

}  // namespace qbench
