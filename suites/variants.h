// SPDX-License-Identifier: Apache-2.0
// The variants of a case along one axis: the values that a sweep has there, or the case's own.
#pragma once

#include <vector>

#include "suites/suite.h"

namespace qbench {

std::vector<Case> vary_suites(const Case& c, const Sweep& sweep);
std::vector<Case> vary_seeds(const Case& c, const Sweep& sweep);
std::vector<Case> vary_weights(const Case& c, const Sweep& sweep);  // real tensors, or else shapes
std::vector<Case> vary_inputs(const Case& c, const Sweep& sweep);
std::vector<Case> vary_modes(const Case& c, const Sweep& sweep);  // bf16 first, added or asked for
std::vector<Case> vary_block_sizes(const Case& c, const Sweep& sweep);
std::vector<Case> vary_dtypes(const Case& c, const Sweep& sweep);

}  // namespace qbench
