// SPDX-License-Identifier: Apache-2.0
// The shape of a model from whatever names it: a name, a config.json, a checkpoint.
#pragma once

#include <string>

#include "suites/models/model_shape.h"

namespace qbench {

// `typed` is a model of the table, or an existing path:
//
//   config.json            the shape that it describes
//   FILE.safetensors       exact counts from the header; an index (.json) likewise, of its files
//   FILE.gguf              the same, and what its key-values tell of heads and experts
//   a folder               config.json, and exact counts from the headers beside it unless weights
//                          are quantized in a way that is not read; either may be missing
//
// Throws std::runtime_error with one line: an unknown name with the nearest, a file of another
// kind, or what is wrong with the file, after its name.
ModelShape read_model(const std::string& typed);

}  // namespace qbench
