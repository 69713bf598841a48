// SPDX-License-Identifier: Apache-2.0
// Names of LLaMA's tensors on both sides, and the order of the rows of its queries and keys.
#include "suites/checkpoints/gguf/gguf_names.h"

#include <set>

#include "tests/suites/checkpoints/gguf/gguf_bytes.h"

using namespace qbench;
using namespace qbench::test;

namespace {

const std::pair<std::string, std::string> kNames[] = {
    {"token_embd.weight", "model.embed_tokens.weight"},
    {"output_norm.weight", "model.norm.weight"},
    {"output.weight", "lm_head.weight"},
    {"blk.0.attn_q.weight", "model.layers.0.self_attn.q_proj.weight"},
    {"blk.0.attn_q.bias", "model.layers.0.self_attn.q_proj.bias"},
    {"blk.31.attn_k.weight", "model.layers.31.self_attn.k_proj.weight"},
    {"blk.1.attn_v.weight", "model.layers.1.self_attn.v_proj.weight"},
    {"blk.1.attn_output.weight", "model.layers.1.self_attn.o_proj.weight"},
    {"blk.1.attn_q_norm.weight", "model.layers.1.self_attn.q_norm.weight"},
    {"blk.1.ffn_gate.weight", "model.layers.1.mlp.gate_proj.weight"},
    {"blk.1.ffn_up.weight", "model.layers.1.mlp.up_proj.weight"},
    {"blk.125.ffn_down.weight", "model.layers.125.mlp.down_proj.weight"},
    {"blk.1.attn_norm.weight", "model.layers.1.input_layernorm.weight"},
    {"blk.1.ffn_norm.weight", "model.layers.1.post_attention_layernorm.weight"}};

GgufHeader header_of(const std::string& bytes) { return parse_gguf_header(as_bytes(bytes)); }

}  // namespace

TEST_CASE("names of LLaMA's tensors are translated both ways") {
  for (const auto& [gguf, hugging_face] : kNames) {
    CHECK(name_in_hugging_face(gguf) == hugging_face);
    CHECK(name_in_gguf(hugging_face) == gguf);
  }
}

TEST_CASE(
    "names of BERT's tensors, and of matrices that are one, are those of llama.cpp's converter") {
  CHECK(name_in_gguf("encoder.layer.5.attention.output.dense.weight") ==
        "blk.5.attn_output.weight");
  CHECK(name_in_gguf("bert.encoder.layer.5.output.dense.weight") == "blk.5.ffn_down.weight");
  CHECK(name_in_gguf("embeddings.word_embeddings.weight") == "token_embd.weight");
  CHECK(name_in_gguf("model.layers.2.self_attn.qkv_proj.weight") == "blk.2.attn_qkv.weight");
}

TEST_CASE("names of GGUF stay as they are") {
  for (const std::string name :
       {"blk.3.ffn_up.weight", "blk.0.ffn_gate_exps.weight", "output.weight"})
    CHECK(name_in_gguf(name) == name);
}

TEST_CASE("names that only one side has are not translated") {
  for (const std::string name :
       {"", "output", "blk.0.weight", "blk.x.attn_q.weight", "blk..attn_q.weight",
        "blk.0.ffn_gate_exps.weight", "blk.0.attn_q.scale", "rope_freqs.weight",
        "model.layers.0.self_attn.q_proj.weight"}) {
    CAPTURE(name);
    CHECK(!name_in_hugging_face(name));
  }
  for (const std::string name :
       {"model.layers.0.mlp.experts.0.up_proj.weight", "lm_head", "transformer.h.0.attn.weight",
        "conv.weight", "model.layers.x.mlp.up_proj.weight", "model.layers.0.mlp.weight"}) {
    CAPTURE(name);
    CHECK(!name_in_gguf(name));
  }
}

TEST_CASE("queries and keys of llama are reordered by their own heads, and nothing else is") {
  GgufFile file = one_number();
  file.keys = {key_text("general.architecture", "llama"), key_u32("llama.attention.head_count", 32),
               key_u32("llama.attention.head_count_kv", 8)};
  const std::string with_both = file.bytes();
  CHECK(reordered_heads(header_of(with_both), "blk.3.attn_q.weight") == 32);
  CHECK(reordered_heads(header_of(with_both), "blk.3.attn_q.bias") == 32);
  CHECK(reordered_heads(header_of(with_both), "blk.3.attn_k.weight") == 8);
  for (const std::string name :
       {"blk.3.attn_v.weight", "blk.3.attn_q_norm.weight", "output.weight"})
    CHECK(reordered_heads(header_of(with_both), name) == 0);
  file.keys.pop_back();
  const std::string without = file.bytes();
  CHECK(reordered_heads(header_of(without), "blk.3.attn_k.weight") == 32);
  file.keys[1] = key_u32("llama.attention.head_count", 0);
  const std::string zero = file.bytes();
  CHECK(reordered_heads(header_of(zero), "blk.3.attn_q.weight") == kUnknownHeads);
  file.keys.pop_back();
  const std::string unknown = file.bytes();
  CHECK(reordered_heads(header_of(unknown), "blk.3.attn_k.weight") == kUnknownHeads);
  CHECK(reordered_heads(header_of(unknown), "blk.3.attn_v.weight") == 0);
  file.keys.clear();
  const std::string nameless = file.bytes();
  CHECK(reordered_heads(header_of(nameless), "blk.3.attn_q.weight") == kUnknownHeads);
  file.keys.push_back(key_text("general.architecture", "qwen2"));
  const std::string other = file.bytes();
  CHECK(reordered_heads(header_of(other), "blk.3.attn_q.weight") == 0);
}

// LLaMA's rotary embedding turns rows i and i + d/2 of a head together in Hugging Face, rows 2 i
// and 2 i + 1 in GGUF.
TEST_CASE("rows of a head are those of its two halves in turn") {
  CHECK(rows_in_gguf(8, 1) == std::vector<std::int64_t>{0, 4, 1, 5, 2, 6, 3, 7});
  CHECK(rows_in_gguf(8, 2) == std::vector<std::int64_t>{0, 2, 1, 3, 4, 6, 5, 7});
  CHECK(rows_in_gguf(3, 0) == std::vector<std::int64_t>{0, 1, 2});
  const auto order = rows_in_gguf(4096, 32);
  CHECK(std::set(order.begin(), order.end()).size() == 4096);
  CHECK(order[2 * 128 + 2 * 5] == 2 * 128 + 5);
  CHECK(order[2 * 128 + 2 * 5 + 1] == 2 * 128 + 5 + 64);
  CHECK_THROWS_AS(rows_in_gguf(10, 4), std::runtime_error);
  CHECK_THROWS_AS(rows_in_gguf(12, 4), std::runtime_error);
}
