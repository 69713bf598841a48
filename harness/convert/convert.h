// SPDX-License-Identifier: Apache-2.0
// Verb convert: writes a checkpoint again with its weights quantized.
#pragma once

#include "harness/cli/options.h"

namespace qbench {

// Reads options.weights, the path IN, and makes options.convert.out like it: a file or a folder, in
// which the files beside the weights are copied, and config.json and the index tell of the new
// tensors. Nothing half-written is left behind. The last line says what was done. Throws
// std::exception with one line before any work for what cannot be done. Returns the exit code.
int run_convert(const Options& options);

}  // namespace qbench
