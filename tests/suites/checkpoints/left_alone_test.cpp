// SPDX-License-Identifier: Apache-2.0
// What each rule leaves alone of a network's tensors.
#include "suites/checkpoints/left_alone.h"

#include "tests/catch.h"

namespace qbench {
namespace {

// The reason, or "" for what is quantized.
std::string why(const std::string& name, const std::vector<std::int64_t>& shape, Scope scope) {
  const auto left = left_alone({.name = name, .dtype = "F32", .shape = shape, .bytes = {}}, scope);
  return left ? left->reason : "";
}

double bits(const std::string& name, const std::vector<std::int64_t>& shape, Scope scope) {
  return left_alone({.name = name, .dtype = "F32", .shape = shape, .bytes = {}}, scope)->bits;
}

using enum Scope;

}  // namespace

TEST_CASE("every rule quantizes a linear layer and leaves a norm alone") {
  for (const Scope scope : {linear, transformers, lightning, llama_cpp}) {
    CHECK(why("model.layers.0.mlp.up_proj.weight", {64, 32}, scope) == "");
    CHECK(why("model.norm.weight", {32}, scope) == "rank 1");
  }
  CHECK(why("model.norm.weight", {32}, all) == "");
}

TEST_CASE("Fabric and llama.cpp treat the head otherwise than transformers") {
  CHECK(why("lm_head.weight", {64, 32}, linear) == "head");
  CHECK(why("lm_head.weight", {64, 32}, transformers) == "head");
  CHECK(why("lm_head.weight", {64, 32}, lightning) == "");
  CHECK(why("lm_head.weight", {64, 32}, llama_cpp) == "head, in q6_k");
  CHECK(bits("lm_head.weight", {64, 32}, llama_cpp) == 6.5625);
}

TEST_CASE("only llama.cpp quantizes the embedding of tokens, and none that of positions") {
  for (const Scope scope : {linear, transformers, lightning, llama_cpp}) {
    CHECK(why("model.embed_tokens.weight", {64, 32}, scope) ==
          (scope == llama_cpp ? "" : "embedding"));
    CHECK(why("embeddings.position_embeddings.weight", {64, 32}, scope) == "embedding");
  }
}

TEST_CASE("experts in one tensor of three dimensions are no linear module") {
  const std::vector<std::int64_t> stack = {8, 64, 32};
  CHECK(why("model.layers.0.mlp.experts.gate_up_proj", stack, linear) == "");
  CHECK(why("model.layers.0.mlp.experts.gate_up_proj", stack, transformers) == "rank 3");
  CHECK(why("model.layers.0.mlp.experts.gate_up_proj", stack, lightning) == "rank 3");
  CHECK(why("blk.0.ffn_gate_exps.weight", stack, llama_cpp) == "");
  CHECK(why("blk.0.ffn_gate_inp.weight", {8, 32}, llama_cpp) == "router");
}

TEST_CASE("llama.cpp keeps vectors in 32 bits, others in 16") {
  CHECK(bits("model.norm.weight", {32}, llama_cpp) == 32);
  CHECK(bits("model.norm.weight", {32}, transformers) == 16);
}

}  // namespace qbench
