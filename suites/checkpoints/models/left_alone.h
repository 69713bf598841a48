// SPDX-License-Identifier: Apache-2.0
// Which tensors of a network software quantizes, and what it leaves alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "suites/checkpoints/models/network_head.h"
#include "suites/checkpoints/tensors/tensor.h"

namespace qbench {

//   linear        linear layers and convolutions: those that totals take
//   all           every tensor that can be used
//   transformers  with bitsandbytes: nn.Linear (and Conv1D) but the output head, routers too;
//                 embeddings, and experts that are one tensor of three dimensions, stay as they are
//   lightning     Fabric: every nn.Linear, head and routers included; a head is never tied: it is
//                 quantized apart from the embedding that it is a copy of
//   llama.cpp     llama-quantize: matrices and stacks named "weight" but norms, positions, token
//                 types and routers, which are F32 as vectors are; the token embedding too; the
//                 head, or the embedding where there is none of its own, in Q6_K
enum class Scope { linear, all, transformers, lightning, llama_cpp };
inline constexpr std::string_view kScopeNames[] = {"linear", "all", "transformers", "lightning",
                                                   "llama.cpp"};
constexpr std::string_view name(Scope scope) { return kScopeNames[static_cast<int>(scope)]; }

struct LeftAlone {
  std::string reason;     // a short noun: "norm", "rank 1", ...
  double bits;            // a parameter, as the software then stores it
  std::string type = {};  // the mode that it has there, where it is quantized in another
};

// True for a matrix that is the weight of a linear layer, as far as its name and rank tell: the
// head and routers too.
bool is_weight_of_linear(const Tensor& tensor);

// Empty for a tensor that is quantized, of a network with such a head. Only for tensors that can be
// used.
std::optional<LeftAlone> left_alone(const Tensor& tensor, Scope scope, Head head);

// True for an embedding of which the software holds a second copy, as a head that it quantizes.
bool is_copied_as_head(const Tensor& tensor, Scope scope, Head head);

}  // namespace qbench
