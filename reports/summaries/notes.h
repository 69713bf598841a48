// SPDX-License-Identifier: Apache-2.0
// Notes around the tables: cases that did not run, failures, and a summary of the conditions.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/result.h"

namespace qbench {

// One printable line each, in this order:
// - from which m on a mode is slower than bf16, for each weight matrix of a sweep over m
// - what tokens per second leave out
// - times that are not to be trusted
// - cases that ran more than once
// - what errors of real weights are against, where they were quantized before or have an original
// - tensors that totals leave out, and incomplete totals
// - skipped cases: each reason once, with its kernels, modes or tensors
// - undefined figures, likewise
// - every wrong result and every error
std::vector<std::string> make_notes(std::span<const Result> results);

// Machine, build and seed, if the environment has them: "AMD EPYC 7763", "threads 2", ...
std::vector<std::string> brief_conditions(const Environment& environment);

}  // namespace qbench
