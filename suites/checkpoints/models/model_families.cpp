// SPDX-License-Identifier: Apache-2.0
// The table of families, by the configuration and modeling files of transformers. tests/ hold each
// against counts of parameters that were published.
#include "suites/checkpoints/models/model_families.h"

#include <algorithm>

namespace qbench {
namespace {

using Keys = ConfigKeys;

void llama(const Keys& keys, Architecture& a) {
  a.qkv_bias = a.output_bias = keys.flag("attention_bias", false);
  a.mlp_bias = keys.flag("mlp_bias", false);
}

void window_of_all(const Keys& keys, Architecture& a) {
  a.window = keys.number("sliding_window", 0);
  a.windowed = a.window ? a.layers : 0;
}

// MistralConfig and MixtralConfig have defaults of their own, which nobody relies on.
void mistral(const Keys& keys, Architecture& a) {
  a.kv_heads = keys.number("num_key_value_heads");
  window_of_all(keys, a);
}

void mixtral(const Keys& keys, Architecture& a) {
  mistral(keys, a);
  a.experts = {.count = keys.number("num_local_experts"),
               .active = keys.number("num_experts_per_tok"),
               .intermediate = a.intermediate};
}

// Layers from max_window_layers on have the window.
void qwen2(const Keys& keys, Architecture& a) {
  if (!keys.flag("use_sliding_window", false)) return;
  a.window = keys.number("sliding_window");
  a.windowed = a.layers - std::min(a.layers, keys.count("max_window_layers"));
}

void qwen3(const Keys& keys, Architecture& a) {
  qwen2(keys, a);
  a.qkv_bias = a.output_bias = keys.flag("attention_bias", false);
  a.head_norms = 2 * a.head_dim;
}

void qwen_experts(const Keys& keys, Architecture& a) {
  keys.only("decoder_sparse_step", 1);
  keys.only("mlp_only_layers", nlohmann::json::array());
  a.experts = {.count = keys.number("num_experts"),
               .active = keys.number("num_experts_per_tok"),
               .intermediate = keys.number("moe_intermediate_size")};
}

void qwen2_moe(const Keys& keys, Architecture& a) {
  qwen2(keys, a);
  qwen_experts(keys, a);
  a.experts.shared = keys.number("shared_expert_intermediate_size");
  a.experts.shared_gate = true;
}

void qwen3_moe(const Keys& keys, Architecture& a) {
  qwen3(keys, a);
  qwen_experts(keys, a);
}

void gemma(const Keys& keys, Architecture& a) { a.head_dim = keys.number("head_dim"); }

// Every other layer has the window.
void gemma2(const Keys& keys, Architecture& a) {
  gemma(keys, a);
  a.window = keys.number("sliding_window");
  a.windowed = (a.layers + 1) / 2;
}

// All but every sixth layer have the window.
void gemma3(const Keys& keys, Architecture& a) {
  gemma(keys, a);
  a.head_norms = 2 * a.head_dim;
  a.window = keys.number("sliding_window");
  a.windowed = a.layers - a.layers / keys.number("sliding_window_pattern", 6);
}

void cohere(const Keys& keys, Architecture& a) {
  if (keys.flag("use_qk_norm", false)) a.head_norms = (a.heads + a.kv_heads) * a.head_dim;
}

void olmo2(const Keys&, Architecture& a) { a.head_norms = (a.heads + a.kv_heads) * a.head_dim; }

void starcoder2(const Keys& keys, Architecture& a) {
  a.qkv_bias = a.output_bias = a.mlp_bias = keys.flag("use_bias", true);
  window_of_all(keys, a);
}

void falcon(const Keys& keys, Architecture& a) {
  const bool new_decoder = keys.flag("new_decoder_architecture", false);
  a.kv_heads = new_decoder                      ? keys.number("num_kv_heads", a.heads)
               : keys.flag("multi_query", true) ? 1
                                                : a.heads;
  const bool one_norm = keys.flag("parallel_attn", true) && !new_decoder;
  a.norms = one_norm ? 1 : keys.number("num_ln_in_parallel_attn", 2);
  a.qkv_bias = a.output_bias = a.mlp_bias = keys.flag("bias", false);
  a.intermediate = keys.number("ffn_hidden_size", 4 * a.hidden);
}

void gpt2(const Keys& keys, Architecture& a) {
  a.intermediate = keys.number("n_inner", 4 * a.hidden);
  a.positions = keys.number("n_positions");
}

void gpt_neox(const Keys& keys, Architecture& a) {
  a.qkv_bias = a.output_bias = keys.flag("attention_bias", true);
}

void opt(const Keys& keys, Architecture& a) {
  const std::int64_t width = keys.number("word_embed_proj_dim", a.hidden);
  a.embedding = width == a.hidden ? 0 : width;
  a.positions = keys.number("max_position_embeddings") + 2;
  a.final_norm =
      keys.flag("do_layer_norm_before", true) && !keys.flag("_remove_final_layer_norm", false);
  a.qkv_bias = a.output_bias = a.mlp_bias = keys.flag("enable_bias", true);
}

void deepseek(const Keys& keys, Architecture& a) {
  keys.only("moe_layer_freq", 1);
  a.latent = {.query_rank = keys.number("q_lora_rank", 0),
              .kv_rank = keys.number("kv_lora_rank"),
              .rope = keys.number("qk_rope_head_dim"),
              .nope = keys.number("qk_nope_head_dim"),
              .value = keys.number("v_head_dim")};
  const std::int64_t width = keys.number("moe_intermediate_size");
  a.experts = {.count = keys.number("n_routed_experts"),
               .active = keys.number("num_experts_per_tok"),
               .intermediate = width,
               .shared = keys.number("n_shared_experts", 0) * width,
               .dense_layers = keys.count("first_k_dense_replace")};
}

// The experts' load is balanced by a number that is added to each score (arXiv 2412.19437, 2.1.2).
void deepseek3(const Keys& keys, Architecture& a) {
  deepseek(keys, a);
  a.experts.router_bias = true;
}

void gpt_oss(const Keys& keys, Architecture& a) {
  a.qkv_bias = a.output_bias = keys.flag("attention_bias", true);
  a.sinks = a.heads;
  a.window = keys.number("sliding_window");
  a.windowed = (a.layers + 1) / 2;
  a.experts = {.count = keys.number("num_local_experts"),
               .active = keys.number("num_experts_per_tok"),
               .intermediate = a.intermediate,
               .bias = true,
               .router_bias = true};
}

constexpr Architecture with_biases() {
  Architecture a;
  a.norm_bias = a.qkv_bias = a.output_bias = a.mlp_bias = true;
  a.gated = false;
  return a;
}

constexpr Architecture tied(Architecture a, std::int64_t norms = 2) {
  a.tied = true;
  a.norms = norms;
  return a;
}

constexpr Architecture fused(Architecture a) {
  a.fused_qkv = true;
  return a;
}

constexpr Architecture phi() {
  Architecture a = with_biases();
  a.norms = 1;
  a.head_bias = true;
  return a;
}

constexpr Architecture falcon_base() {
  Architecture a = tied(fused({}));
  a.gated = false;
  a.norm_bias = true;
  return a;
}

constexpr ModelFamily kFamilies[] = {
    {.type = "llama", .refine = llama},
    {.type = "mistral", .refine = mistral},
    {.type = "mixtral", .refine = mixtral},
    {.type = "qwen2", .base = {.qkv_bias = true}, .refine = qwen2},
    {.type = "qwen2_moe", .base = {.qkv_bias = true}, .refine = qwen2_moe},
    {.type = "qwen3", .refine = qwen3},
    {.type = "qwen3_moe", .refine = qwen3_moe},
    {.type = "gemma", .base = tied({}), .refine = gemma},
    {.type = "gemma2", .base = tied({}, 4), .refine = gemma2},
    {.type = "gemma3_text", .base = tied({}, 4), .refine = gemma3},
    {.type = "phi", .base = phi()},
    {.type = "phi3", .base = {.fused_qkv = true, .fused_gate_up = true}, .refine = window_of_all},
    {.type = "falcon", .base = falcon_base(), .refine = falcon, .keys = {.intermediate = nullptr}},
    {.type = "gpt2",
     .base = tied(fused(with_biases())),
     .refine = gpt2,
     .keys = {"n_layer", "n_embd", nullptr, "n_head"}},
    {.type = "gpt_neox", .base = fused(with_biases()), .refine = gpt_neox},
    {.type = "opt",
     .base = tied(with_biases()),
     .refine = opt,
     .keys = {.intermediate = "ffn_dim"}},
    {.type = "starcoder2", .base = tied(with_biases()), .refine = starcoder2},
    {.type = "granite", .refine = llama},
    {.type = "smollm3", .base = tied({}), .refine = llama},
    {.type = "cohere", .base = tied({}, 1), .refine = cohere},
    {.type = "olmo2", .refine = olmo2},
    {.type = "deepseek_v2", .refine = deepseek},
    {.type = "deepseek_v3", .refine = deepseek3},
    {.type = "gpt_oss", .refine = gpt_oss},
};

}  // namespace

std::span<const ModelFamily> model_families() { return kFamilies; }

}  // namespace qbench
