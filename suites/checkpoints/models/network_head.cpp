// SPDX-License-Identifier: Apache-2.0
// Finds the head, or the embedding that is tied to it, by names.
#include "suites/checkpoints/models/network_head.h"

#include <re2/re2.h>

#include <algorithm>

#include "suites/checkpoints/checkpoint.h"
#include "suites/checkpoints/tensors/tensor_scope.h"

namespace qbench {
namespace {

// Embeddings that BERT and its kin have in transformers and in GGUF, and no decoder.
bool is_embedding_of_bert(const Tensor& tensor) {
  static const RE2 pattern(
      R"((^|\.)(token_types|token_type_embeddings|embeddings\.word_embeddings)\.weight$)");
  return RE2::PartialMatch(tensor.name, pattern);
}

// Names of layers that do not say that they are an encoder's: DistilBERT's, and GGUF's.
bool may_be_layer_of_bert(const std::string& name) {
  static const RE2 pattern(R"((^|\.)(transformer\.layer|blk)\.\d)");
  return RE2::PartialMatch(name, pattern);
}

}  // namespace

Head head_of(const Checkpoint& checkpoint) {
  if (std::ranges::any_of(checkpoint.names(), is_head)) return Head::own;
  return checkpoint.missing_shards().empty() ? head_of(checkpoint.tensors()) : Head::none;
}

Head head_of(std::span<const Tensor> tensors) {
  if (std::ranges::any_of(tensors, [](const Tensor& tensor) { return is_head(tensor.name); }))
    return Head::own;
  const bool embedded = std::ranges::any_of(tensors, is_token_embedding);
  return embedded && !is_encoder(tensors) ? Head::tied : Head::none;
}

// A model of images and text has layers of both kinds.
bool is_encoder(std::span<const Tensor> tensors) {
  const bool bert = std::ranges::any_of(tensors, is_embedding_of_bert);
  bool encodes = bert;
  for (const Tensor& tensor : tensors) {
    const bool encoder = tensor.name.find("encoder.") != tensor.name.npos ||
                         (bert && may_be_layer_of_bert(tensor.name));
    if (!encoder && layer_in(tensor.name) >= 0) return false;
    encodes = encodes || encoder;
  }
  return encodes;
}

bool is_token_embedding(const Tensor& tensor) {
  static const RE2 pattern(
      R"((^|\.)(wte|embed_in|embed_tokens|word_embeddings|tok_embeddings|token_embd)\.weight$|^((model|transformer)\.)?shared\.weight$)");
  return tensor.shape.size() == 2 && RE2::PartialMatch(tensor.name, pattern);
}

std::int64_t layer_in(const std::string& name) {
  static const RE2 pattern(R"((?:^|\.)(?:layers?|h|blk|blocks?)\.(\d{1,6})\.)");
  std::int64_t layer = -1;
  return RE2::PartialMatch(name, pattern, &layer) ? layer : -1;
}

}  // namespace qbench
