// SPDX-License-Identifier: Apache-2.0
// ModelShape: the tensors of a language model, by their sizes and by what they are for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "suites/suite.h"

namespace qbench {

// What a tensor is for, as far as rules of quantization tell tensors apart.
enum class TensorRole {
  embedding,
  positions,  // learned embeddings of positions, and of types of tokens
  head,       // the output layer over the vocabulary
  query,
  key,
  value,
  fused_qkv,  // the three in one matrix
  output,     // of the attention
  gate,
  up,
  fused_gate_up,
  down,
  linear,  // any other linear layer
  router,  // chooses the experts of a token
  other,   // of two dimensions and more, and taken by no quantizer: convolutions
  vector   // norms, biases and all else of one dimension
};

// True of the linear layers that quantizers take: all but the head and routers.
constexpr bool is_linear(TensorRole role) {
  return role >= TensorRole::query && role <= TensorRole::linear;
}

// Tensors of the same size and use.
struct Part {
  TensorRole role;
  std::string name;     // "q_proj"
  std::int64_t n;       // rows; of a vector its length
  std::int64_t k;       // columns; of a vector 1
  std::int64_t count;   // tensors in the whole model
  bool expert = false;  // a token goes through active_experts of experts of them

  std::int64_t params() const { return n * k * count; }
};

// What attention keeps of each token.
struct CacheShape {
  std::int64_t layers = 0;    // that keep anything
  std::int64_t elements = 0;  // of keys and values, a layer and token
  std::int64_t windowed = 0;  // of the layers: those that keep the last `window` tokens alone
  std::int64_t window = 0;
};

struct ModelShape {
  std::string name;
  std::string source = {};        // what the sizes were read from: "config.json"
  std::string left_out = {};      // what they do not count: "the vision part"; may be empty
  std::string at_odds = {};       // what sources say differently, and which counts; may be empty
  std::int64_t stored_bytes = 0;  // of the tensors in files; 0: none were read
  std::int64_t layers = 0, hidden = 0, vocab = 0;
  std::int64_t intermediate = 0;         // inside the MLPs that one token goes through
  std::int64_t heads = 0, kv_heads = 0;  // 0: unknown, or without a meaning (latent attention)
  bool tied = false;                     // the embedding is the head too
  bool gated = true;                     // MLPs have gate, up and down; else up and down
  std::int64_t experts = 0, active_experts = 0;  // of a layer
  CacheShape cache;
  std::vector<Part> parts;

  std::int64_t params() const;
  std::int64_t linear_params() const;
  std::int64_t active_params() const;       // that a token goes through
  const Part* find(TensorRole role) const;  // the first; nullptr if there is none
};

// The numbers of a decoder-only transformer from which its tensors follow. Zeros are what it lacks.
struct Architecture {
  struct Experts {
    std::int64_t count = 0, active = 0, intermediate = 0;
    std::int64_t shared = 0;        // the width of the MLP that every token goes through, too
    bool shared_gate = false;       // it has a gate of its own
    std::int64_t dense_layers = 0;  // layers that have one MLP in place of experts
    bool bias = false;              // of experts
    bool router_bias = false;       // a number an expert
  };
  // Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434, section 2.1): ranks of the
  // compressed queries (0: not compressed), and of keys and values; widths of a head.
  struct Latent {
    std::int64_t query_rank = 0, kv_rank = 0, rope = 0, nope = 0, value = 0;
  };

  std::int64_t layers = 0, hidden = 0, intermediate = 0;
  std::int64_t heads = 0, kv_heads = 0, head_dim = 0, vocab = 0;
  bool tied = false;
  bool gated = true;
  bool fused_qkv = false, fused_gate_up = false;
  bool qkv_bias = false, output_bias = false, mlp_bias = false, head_bias = false;
  std::int64_t norms = 2;  // of a layer, each of `hidden` numbers
  bool norm_bias = false;
  bool final_norm = true;
  std::int64_t head_norms = 0;            // numbers of a layer's norms of queries and keys
  std::int64_t sinks = 0;                 // numbers of a layer beside its attention
  std::int64_t positions = 0;             // rows of learned embeddings
  std::int64_t embedding = 0;             // the width of embeddings where it is not `hidden`
  std::int64_t windowed = 0, window = 0;  // as in CacheShape
  Experts experts = {};
  Latent latent = {};
};

ModelShape shape_of(std::string name, const Architecture& architecture);

// The shape of a model of the table.
ModelShape shape_of(const Model& model);

// The linear layers that a token goes through, the head left out, in order: the matrices of a
// layer in the order of their parts, of experts as many as are active. Parts with fewer matrices
// than there are layers are spread over these.
std::vector<Layer> layers_of_token(const ModelShape& shape);

}  // namespace qbench
