// SPDX-License-Identifier: Apache-2.0
// Modules: puts the tensors of quantized weights together, so that each weight is one Tensor.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "suites/checkpoints/containers/quantization_config.h"
#include "suites/checkpoints/tensors/tensor.h"

namespace qbench {

// The names of weights by those of their parts, for names that are parts of a quantized weight:
// "P.qweight" and "P.scales" to "P.weight", "P_blocks", and "P" beside "P_scale_inv", to "P".
// Decided by names alone.
std::map<std::string, std::string> weight_names(const std::vector<std::string>& names);

// The tensors with the parts of each quantized weight replaced by one, where its first part was.
// Parts beside a weight of plain floats stay as they are. `config` is asked for at most once, and
// only if there is a tensor that it may explain.
std::vector<Tensor> assembled(
    std::vector<Tensor> tensors,
    const std::function<std::shared_ptr<const QuantizationConfig>()>& config);

}  // namespace qbench
