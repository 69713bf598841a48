// SPDX-License-Identifier: Apache-2.0
// Notes: what stands around the tables. What was not run and why, what went wrong, and the
// conditions in short.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/result.h"

namespace qbench {

// One line each: which times are not to be trusted; that cases were run more than once; what totals
// leave out, and which are incomplete; all that was skipped, with each reason once and the kernels,
// modes or tensors that it is about; all figures that are undefined likewise; then every wrong
// result and every error. Printable.
std::vector<std::string> make_notes(std::span<const Result> results);

// Machine, build and seed, as far as the environment tells: "AMD EPYC 7763", "threads 2", ...
std::vector<std::string> brief_conditions(const Environment& environment);

}  // namespace qbench
