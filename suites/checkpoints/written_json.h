// SPDX-License-Identifier: Apache-2.0
// The JSON files beside written weights: config.json and the index of shards.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "suites/checkpoints/checkpoint_index.h"

namespace qbench {

// A config.json with this quantization_config, which is JSON, in place of its own; with "" it loses
// it. All else stays, in its order. Throws std::runtime_error with one line if the text is no JSON
// object.
std::string with_quantization_config(std::string_view config, std::string_view quantization_config);

// An index; `bytes` are those of all tensors.
std::string index_text(const WeightMap& weight_map, std::int64_t bytes);

}  // namespace qbench
