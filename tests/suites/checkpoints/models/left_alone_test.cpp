// SPDX-License-Identifier: Apache-2.0
// What each rule leaves alone of a network's tensors.
#include "suites/checkpoints/models/left_alone.h"

#include "tests/catch.h"

namespace qbench {
namespace {

// The reason, or "" for what is quantized.
std::string why(const std::string& name, const std::vector<std::int64_t>& shape, Scope scope,
                Head head = Head::own) {
  const auto left =
      left_alone({.name = name, .dtype = "F32", .shape = shape, .bytes = {}}, scope, head);
  return left ? left->reason : "";
}

LeftAlone left(const std::string& name, const std::vector<std::int64_t>& shape, Scope scope,
               Head head = Head::own) {
  return left_alone({.name = name, .dtype = "F32", .shape = shape, .bytes = {}}, scope, head)
      .value();
}

std::vector<Tensor> tensors(const std::vector<std::string>& names) {
  std::vector<Tensor> made;
  for (const std::string& name : names)
    made.push_back({.name = name, .dtype = "F32", .shape = {64, 256}, .bytes = {}});
  return made;
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
  CHECK(why("lm_head.weight", {64, 32}, llama_cpp) == "head");
  CHECK(left("lm_head.weight", {64, 256}, llama_cpp).bits == 6.5625);
  CHECK(left("lm_head.weight", {64, 256}, llama_cpp).type == "q6_k");
}

TEST_CASE("a head whose rows are no blocks of Q6_K has the type that llama.cpp falls back to") {
  CHECK(left("lm_head.weight", {64, 32}, llama_cpp).type == "q8_0");
  CHECK(left("lm_head.weight", {64, 32}, llama_cpp).bits == 8.5);
  CHECK(left("lm_head.weight", {64, 48}, llama_cpp).bits == 16);
}

TEST_CASE("a head is own, tied to the embedding of tokens, or missing, as of an encoder") {
  const std::string layer = "model.layers.0.mlp.up_proj.weight";
  CHECK(head_of(tensors({"model.embed_tokens.weight", layer, "lm_head.weight"})) == Head::own);
  CHECK(head_of(tensors({"token_embd.weight", layer})) == Head::tied);
  CHECK(head_of(tensors({layer})) == Head::none);
  CHECK(head_of(tensors({"embeddings.word_embeddings.weight",
                         "encoder.layer.0.output.dense.weight"})) == Head::none);
}

TEST_CASE("DistilBERT, and BERT in GGUF, are encoders by their embeddings") {
  const std::string words = "distilbert.embeddings.word_embeddings.weight",
                    distil = "distilbert.transformer.layer.0.ffn.lin1.weight",
                    gguf = "blk.0.ffn_up.weight";
  CHECK(head_of(tensors({words, distil})) == Head::none);
  CHECK(head_of(tensors({"token_embd.weight", "token_types.weight", gguf})) == Head::none);
  CHECK(head_of(tensors({"token_embd.weight", "token_type_embeddings.weight", gguf})) ==
        Head::none);
  CHECK(head_of(tensors({"token_embd.weight", gguf})) == Head::tied);
  CHECK(head_of(tensors({"transformer.word_embeddings.weight", "transformer.h.0.mlp.weight"})) ==
        Head::tied);
}

TEST_CASE("an encoder beside a decoder, as where a model sees, does not make the whole one") {
  CHECK(head_of(tensors({"qformer.embeddings.word_embeddings.weight",
                         "qformer.encoder.layer.0.output.dense.weight",
                         "language_model.model.embed_tokens.weight",
                         "language_model.model.layers.0.mlp.up_proj.weight"})) == Head::tied);
}

TEST_CASE(
    "an embedding that is the head too has the head's type in llama.cpp, and a copy in Fabric") {
  const Tensor embedding = tensors({"model.embed_tokens.weight"}).front();
  for (const Head head : {Head::tied, Head::none}) {
    CHECK(left(embedding.name, embedding.shape, llama_cpp, head).bits == 6.5625);
    CHECK(why(embedding.name, embedding.shape, lightning, head) == "embedding");
    CHECK(is_copied_as_head(embedding, lightning, head) == (head == Head::tied));
  }
  CHECK_FALSE(is_copied_as_head(embedding, lightning, Head::own));
  CHECK_FALSE(is_copied_as_head(embedding, transformers, Head::tied));
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
  CHECK(left("model.norm.weight", {32}, llama_cpp).bits == 32);
  CHECK(left("model.norm.weight", {32}, transformers).bits == 16);
}

}  // namespace qbench
