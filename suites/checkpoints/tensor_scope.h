// SPDX-License-Identifier: Apache-2.0
// Which tensors an average over "the weights" of a network is about.
#pragma once

#include <string>

#include "suites/checkpoints/tensor.h"

namespace qbench {

// Linear layers and convolutions count: those that every quantizer of networks takes. Of the others
// a short noun: "rank 0", "rank 1", "embedding", "head", "norm", "scale", "bias", ...
// (tensor_names.inc).
std::string why_not_in_totals(const Tensor& tensor);

}  // namespace qbench
