// SPDX-License-Identifier: Apache-2.0
// Real weights of a command: makes tensors of the sweep from the files of --weights.
#pragma once

#include <memory>

#include "harness/cli/options.h"
#include "suites/checkpoints/checkpoint.h"
#include "suites/checkpoints/originals.h"

namespace qbench {

// What cases and records know of a usable tensor. With `totals_of_all` nothing keeps it out of
// totals; `against` is RealTensor's.
RealTensor real_tensor(const Tensor& tensor, bool totals_of_all, const std::string& against);

// Tells on stderr what note_on_layouts does.
void tell_layouts(const Checkpoint& checkpoint);

// Opens the checkpoint of options.weights and stores its tensors in options.sweep; nullptr if no
// weights were asked for. Throws std::runtime_error with one line, also if no tensor can be used.
std::unique_ptr<Checkpoint> open_weights(Options& options);

// The originals of the tensors that the cases use, or of the given ones; nullptr without --against.
// Throws as the constructor of Originals does.
std::unique_ptr<Originals> open_originals(const Options& options, const Checkpoint* checkpoint,
                                          const std::vector<Case>& cases);
std::unique_ptr<Originals> open_originals(const Options& options,
                                          const std::vector<const Tensor*>& tensors);

// The values of --against, as cases and records have them; empty without.
std::string against_text(const Options& options);

// Adds the files of the tensors that the cases use, a hash of these tensors, and what
// note_on_layouts says of them, if there are any.
void add_weights(Environment& environment, const Checkpoint* checkpoint,
                 const std::vector<Case>& cases);
void add_weights(Environment& environment, const std::vector<Tensor>& tensors);
// Adds the same for the originals, if there are any.
void add_originals(Environment& environment, const Originals* originals);

// A skipped result with the reason for each tensor that cannot be used.
std::vector<Result> unusable_rows(const Checkpoint& checkpoint, const Options& options);

}  // namespace qbench
