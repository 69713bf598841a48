// SPDX-License-Identifier: Apache-2.0
// The rules of software, over the nouns of tensor_scope.h.
#include "suites/checkpoints/models/left_alone.h"

#include "suites/checkpoints/gguf/fitting_type.h"
#include "suites/checkpoints/tensors/tensor_scope.h"

namespace qbench {
namespace {

std::string rank_of(const Tensor& tensor) { return "rank " + std::to_string(tensor.shape.size()); }

// nn.Linear has two dimensions. The nouns have priority, as they say more.
std::string why_no_linear_module(const Tensor& tensor, const std::string& noun) {
  return noun.empty() && tensor.shape.size() != 2 ? rank_of(tensor) : noun;
}

LeftAlone in_head_type(const Tensor& tensor, const std::string& noun) {
  const Mode& type = fitting_type(*find_mode(kHeadType), tensor.cols());
  return {noun, bits_of_type(type), std::string(type.name)};
}

std::optional<LeftAlone> by_llama_cpp(const Tensor& tensor, const std::string& noun, Head head) {
  if (tensor.shape.size() < 2) return LeftAlone{rank_of(tensor), 32};
  if (noun == "head") return in_head_type(tensor, noun);
  if (is_token_embedding(tensor) && head == Head::own) return std::nullopt;
  if (is_token_embedding(tensor))
    return in_head_type(tensor, head == Head::tied ? "tied head" : noun);
  if (!noun.empty()) return LeftAlone{noun, 32};
  if (tensor.shape.size() > 3) return LeftAlone{rank_of(tensor), 16};
  if (!tensor.name.ends_with("weight")) return LeftAlone{"not named weight", 16};
  return std::nullopt;
}

std::optional<LeftAlone> at_16_bits(const std::string& reason) {
  return reason.empty() ? std::nullopt : std::optional(LeftAlone{reason, 16});
}

}  // namespace

bool is_weight_of_linear(const Tensor& tensor) {
  const std::string noun = why_not_in_totals(tensor);
  return tensor.shape.size() == 2 && (noun.empty() || noun == "head" || noun == "router");
}

std::optional<LeftAlone> left_alone(const Tensor& tensor, Scope scope, Head head) {
  const std::string noun = why_not_in_totals(tensor);
  switch (scope) {
    case Scope::linear:
      return at_16_bits(noun);
    case Scope::all:
      return std::nullopt;
    case Scope::transformers:
      return at_16_bits(why_no_linear_module(tensor, noun == "router" ? "" : noun));
    case Scope::lightning:
      return at_16_bits(
          why_no_linear_module(tensor, noun == "head" || noun == "router" ? "" : noun));
    case Scope::llama_cpp:
      break;
  }
  return by_llama_cpp(tensor, noun, head);
}

bool is_copied_as_head(const Tensor& tensor, Scope scope, Head head) {
  return scope == Scope::lightning && head == Head::tied && is_token_embedding(tensor);
}

}  // namespace qbench
