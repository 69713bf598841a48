// SPDX-License-Identifier: Apache-2.0
// Finds the head, or the embedding that is tied to it, by names.
#include "suites/checkpoints/network_head.h"

#include <re2/re2.h>

#include <algorithm>

#include "suites/checkpoints/tensor_scope.h"

namespace qbench {
Head head_of(std::span<const Tensor> tensors) {
  const auto is_head = [](const Tensor& tensor) { return why_not_in_totals(tensor) == "head"; };
  if (std::ranges::any_of(tensors, is_head)) return Head::own;
  const bool embedded = std::ranges::any_of(tensors, is_token_embedding);
  return embedded && !is_encoder(tensors) ? Head::tied : Head::none;
}

// A model of images and text has layers of both kinds.
bool is_encoder(std::span<const Tensor> tensors) {
  bool encodes = false;
  for (const Tensor& tensor : tensors) {
    const bool encoder = tensor.name.find("encoder.") != tensor.name.npos;
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
