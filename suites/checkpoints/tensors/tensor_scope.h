// SPDX-License-Identifier: Apache-2.0
// Decides which tensors an average over "the weights" of a network includes.
#pragma once

#include <string>

#include "suites/checkpoints/tensors/tensor.h"

namespace qbench {

// Empty for linear layers and convolutions, which every quantizer of networks quantizes. For others
// a short noun: "rank 0", "rank 1", "embedding", "head", "norm", "scale", "bias", ...
// (tensor_names.inc).
std::string why_not_in_totals(const Tensor& tensor);

// True if the name is that of the weights of a head, the layer that gives logits.
bool is_head(const std::string& name);

}  // namespace qbench
