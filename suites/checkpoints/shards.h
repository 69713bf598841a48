// SPDX-License-Identifier: Apache-2.0
// Shards: the safetensors files of one model, "model-00001-of-00004.safetensors" and so on.
#pragma once

#include <span>
#include <string>

#include "suites/checkpoints/tensor.h"

namespace qbench {

// What a model lacks of which only some shards were read: "3 of its 4 shards
// ('model-00002-of-00004.safetensors' and 2 more): give the folder that has all, or the index".
// Empty: it lacks none.
std::string missing_shards(std::span<const Tensor> tensors);

}  // namespace qbench
