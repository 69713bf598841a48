// SPDX-License-Identifier: Apache-2.0
// The files that a network consists of, which no output may overwrite.
#pragma once

#include <string>
#include <vector>

#include "suites/checkpoints/checkpoint.h"
#include "suites/checkpoints/originals.h"

namespace qbench {

// The files that the tensors are read from, each once.
std::vector<std::string> files_of(const std::vector<Tensor>& tensors);

// The files of the tensors of both, either of which may be nullptr, and those beside them that
// software reads with weights: configurations, indexes and vocabularies.
std::vector<std::string> files_of_network(const Checkpoint* checkpoint, const Originals* originals);

}  // namespace qbench
