// SPDX-License-Identifier: Apache-2.0
// Real weights of a command: the files that --weights names, as tensors of its sweep.
#pragma once

#include <memory>

#include "harness/cli/options.h"
#include "suites/checkpoints/checkpoint.h"

namespace qbench {

// The checkpoint of options.weights, whose tensors become those of options.sweep; nullptr where no
// weights were asked for. Throws std::runtime_error with one line, also where no tensor can be
// used: nothing else takes their place.
std::unique_ptr<Checkpoint> open_weights(Options& options);

// The files that tensors are read from, each once.
std::vector<std::string> files_of(const std::vector<Tensor>& tensors);

// Names the files of the tensors that the cases are of, and a hash of these, where there are some.
void add_weights(Environment& environment, const Checkpoint* checkpoint,
                 const std::vector<Case>& cases);

// Tensors that cannot be used are results too: skipped, with the reason.
std::vector<Result> unusable_rows(const Checkpoint& checkpoint, const Options& options);

}  // namespace qbench
