// SPDX-License-Identifier: Apache-2.0
// Where the head of a network lies: the layer that gives its logits.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "suites/checkpoints/tensors/tensor.h"

namespace qbench {

class Checkpoint;

enum class Head {
  own,   // in a tensor of its own
  tied,  // the embedding of tokens is the head too
  none   // an encoder, or no embedding could be it, or it may be in a shard that is missing
};

// Decided for the network that the checkpoint is, or selects tensors of.
Head head_of(const Checkpoint& checkpoint);

// Decided by the names of all tensors of a network.
Head head_of(std::span<const Tensor> tensors);

// True if all layers are those of an encoder, which keeps nothing of past tokens and has no logits.
bool is_encoder(std::span<const Tensor> tensors);

// The matrix that has a row for each token of the vocabulary.
bool is_token_embedding(const Tensor& tensor);

// The number after "layers.", "h.", "blk." or the like; -1: none.
std::int64_t layer_in(const std::string& name);

}  // namespace qbench
