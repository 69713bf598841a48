// SPDX-License-Identifier: Apache-2.0
// The cases of a command line: those that the sweep expands to, filtered.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "harness/cli/options.h"

namespace qbench {

// True for a case that stays. Each case is shown to it once, in the order of the sweep.
using CaseFilter = std::function<bool(const Case&)>;

// --case and --filter.
std::vector<CaseFilter> filters_of(const Options& options);

// Those that all filters leave, in their order.
std::vector<Case> filtered(const std::vector<Case>& cases, std::span<const CaseFilter> filters);

// The cases of the sweep that filters_of leaves, in the order of running. Throws std::runtime_error
// when that is none.
std::vector<Case> selected_cases(const Options& options);

}  // namespace qbench
