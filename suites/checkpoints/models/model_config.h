// SPDX-License-Identifier: Apache-2.0
// The config.json of transformers, as the shape of the model that it describes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "suites/models/model_shape.h"

namespace qbench {

// The shape that the text describes, with `name`. A key that the model's family has no default for
// must be there, and every key that is read must have the right type. A key "text_config" is the
// language model of one that also sees or hears: the rest is left out and told (left_out). Throws
// std::runtime_error with one line, without the file's name.
ModelShape shape_of_config(std::string_view json, const std::string& name);

// Every model_type that is known.
std::vector<std::string> known_model_types();

}  // namespace qbench
