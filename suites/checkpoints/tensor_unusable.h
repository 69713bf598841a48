// SPDX-License-Identifier: Apache-2.0
// Words for tensors of which none can be used.
#pragma once

#include <string>
#include <vector>

#include "suites/checkpoints/tensor.h"

namespace qbench {

// The reasons, each with the tensors that it is for: "has no elements ('x'); dtype I32 is not read
// yet (F32, F16 and BF16 are) ('qweight', 'qzeros' and 8 more)". Empty where one can be used.
std::string why_all_unusable(const std::vector<Tensor>& tensors);

// "'a', 'b' and 8 more": the first of `names`, fit for an error.
std::string some_of(const std::vector<std::string>& names, std::size_t most);

}  // namespace qbench
