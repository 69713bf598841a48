// SPDX-License-Identifier: Apache-2.0
// Error texts for checkpoints without a usable tensor.
#pragma once

#include <string>
#include <vector>

#include "suites/checkpoints/tensors/tensor.h"

namespace qbench {

// The reasons, each with its tensors: "has no elements ('x'); dtype I32 is not read by itself (F64,
// F32, F16 and BF16 are) ('codes', 'zeros' and 8 more)". Empty if a tensor can be used.
std::string why_all_unusable(const std::vector<Tensor>& tensors);

// "'a', 'b' and 8 more": the first names, quoted for an error.
std::string some_of(const std::vector<std::string>& names, std::size_t most);

}  // namespace qbench
