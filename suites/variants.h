// SPDX-License-Identifier: Apache-2.0
// Variants of a case along one axis: one per value of the sweep, or the default of the case.
#pragma once

#include <vector>

#include "suites/suite.h"

namespace qbench {

std::vector<Case> vary_suites(const Case& c, const Sweep& sweep);
std::vector<Case> vary_seeds(const Case& c, const Sweep& sweep);
std::vector<Case> vary_weights(const Case& c, const Sweep& sweep);  // real tensors, else layers
std::vector<Case> vary_m(const Case& c, const Sweep& sweep);  // those of its shape, else the usual
std::vector<Case> vary_inputs(const Case& c, const Sweep& sweep);
// bf16 comes first and is added if need be. For errors of real weights the format in which they are
// stored follows.
std::vector<Case> vary_modes(const Case& c, const Sweep& sweep);
std::vector<Case> vary_block_sizes(const Case& c, const Sweep& sweep);
std::vector<Case> vary_dtypes(const Case& c, const Sweep& sweep);
std::vector<Case> vary_ranks(const Case& c, const Sweep& sweep);  // of layers with adapters

}  // namespace qbench
