// SPDX-License-Identifier: Apache-2.0
// The file types of llama.cpp: which tensor gets which type of ggml.
#pragma once

#include <span>
#include <string_view>

#include "reference/mode.h"
#include "suites/checkpoints/gguf/fitting_type.h"
#include "suites/models/model_shape.h"

namespace qbench {

// The layers in which a tensor has another type than the base; L are all, i counts from 0.
enum class InLayers {
  all,
  more,          // i < L/8, i >= 7L/8, or every third of those between
  first_eighth,  // i < L/8
  first_sixteenth,
  first_four,
  first_two
};

struct MixRule {
  TensorRole role;
  std::string_view type;
  InLayers layers = InLayers::all;
  std::int64_t least_sharing = 1;  // query heads a head of keys and values, at the least
};

// A file type as llama-quantize makes it without an importance matrix (llama-quant.cpp).
struct Mix {
  std::string_view name;                // "Q4_K_M"
  std::string_view alias = {};          // "q4_k", as llama-quantize has it
  std::string_view base;                // the mode of all else
  std::string_view head = kHeadType;    // of the output layer, else of the embedding
  std::span<const MixRule> rules = {};  // the first that applies decides
  bool common = false;                  // shown where nothing is asked for
};

std::span<const Mix> all_mixes();

// By name or alias, ignoring case; nullptr: none.
const Mix* find_mix(std::string_view name);

// The type of matrix `layer` of a part, before what does not fit is replaced. 70B models, whose
// keys and values are shared by 8 heads, keep attn_v at Q5_K and above.
const Mode& type_in(const Mix& mix, const ModelShape& shape, const Part& part, std::int64_t layer);

// Why llama.cpp's rules are not known for the model; empty: they are. They are those of dense
// models with separate q, k and v and a gated MLP.
std::string_view why_no_mixes(const ModelShape& shape);

}  // namespace qbench
