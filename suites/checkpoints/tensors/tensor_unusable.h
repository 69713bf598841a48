// SPDX-License-Identifier: Apache-2.0
// Error texts for tensors that cannot be used.
#pragma once

#include <string>
#include <vector>

#include "suites/checkpoints/tensors/tensor.h"

namespace qbench {

// A word on a tensor that cannot be used, for lists: its dtype, if that is the reason.
std::string unusable_noun(const Tensor& tensor);

// Why some cannot be used, each reason with its tensors: "has no elements ('x'); dtype I32 is not
// read by itself (F64, F32, F16 and BF16 are) ('codes', 'zeros' and 8 more)". Empty if all can be.
std::string why_unusable_of(const std::vector<Tensor>& tensors);

// "'a', 'b' and 8 more": the first names, quoted for an error.
std::string some_of(const std::vector<std::string>& names, std::size_t most);

}  // namespace qbench
