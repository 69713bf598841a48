// SPDX-License-Identifier: Apache-2.0
// The files that a network consists of, which no output may overwrite.
#pragma once

#include <string>
#include <vector>

#include "suites/checkpoints/tensors/tensor.h"

namespace qbench {

// The files of the tensors, and those beside them that software reads with weights: configurations,
// indexes and vocabularies.
std::vector<std::string> files_of_network(const std::vector<Tensor>& tensors);

}  // namespace qbench
