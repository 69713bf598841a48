// SPDX-License-Identifier: Apache-2.0
// Selects the cases of a command line: those of the sweep that pass its filters.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "harness/cli/options.h"

namespace qbench {

// True for a case that is kept. Called once per case, in the order of the sweep.
using CaseFilter = std::function<bool(const Case&)>;

// The filters of --case and --filter.
std::vector<CaseFilter> filters_of(const Options& options);

// The cases that every filter keeps, in their order.
std::vector<Case> filtered(const std::vector<Case>& cases, std::span<const CaseFilter> filters);

// The cases of the sweep that pass filters_of, in the order of execution. Throws std::runtime_error
// if there are none.
std::vector<Case> selected_cases(const Options& options);

}  // namespace qbench
