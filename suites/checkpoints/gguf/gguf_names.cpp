// SPDX-License-Identifier: Apache-2.0
// The tables of names (llama.cpp, gguf-py/gguf/tensor_mapping.py), and LLaMA's order of rows
// (convert_hf_to_gguf.py, LlamaModel.permute).
#include "suites/checkpoints/gguf/gguf_names.h"

#include <numeric>
#include <stdexcept>

namespace qbench {
namespace {

struct Names {
  std::string_view gguf, hugging_face;
};

// Before ".weight" or ".bias"; the first row of a GGUF name is the one that it is translated to.
constexpr Names kOutside[] = {{"token_embd", "model.embed_tokens"},
                              {"output_norm", "model.norm"},
                              {"output", "lm_head"},
                              {"token_embd", "embeddings.word_embeddings"},
                              {"token_embd", "bert.embeddings.word_embeddings"}};

// The names within a layer.
constexpr Names kInLayer[] = {{"attn_q", "self_attn.q_proj"},
                              {"attn_k", "self_attn.k_proj"},
                              {"attn_v", "self_attn.v_proj"},
                              {"attn_output", "self_attn.o_proj"},
                              {"attn_q_norm", "self_attn.q_norm"},
                              {"attn_k_norm", "self_attn.k_norm"},
                              {"ffn_gate", "mlp.gate_proj"},
                              {"ffn_up", "mlp.up_proj"},
                              {"ffn_down", "mlp.down_proj"},
                              {"attn_norm", "input_layernorm"},
                              {"ffn_norm", "post_attention_layernorm"},
                              {"attn_qkv", "self_attn.qkv_proj"},
                              {"ffn_up", "mlp.gate_up_proj"},
                              {"attn_q", "attention.self.query"},
                              {"attn_k", "attention.self.key"},
                              {"attn_v", "attention.self.value"},
                              {"attn_output", "attention.output.dense"},
                              {"ffn_up", "intermediate.dense"},
                              {"ffn_down", "output.dense"}};

constexpr Names kLayers[] = {
    {"blk.", "model.layers."}, {"blk.", "encoder.layer."}, {"blk.", "bert.encoder.layer."}};

using Side = std::string_view Names::*;

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

template <class Table>
std::optional<std::string> find(const Table& table, std::string_view name, Side from, Side to) {
  for (const Names& row : table)
    if (row.*from == name) return std::string(row.*to);
  return std::nullopt;
}

std::optional<std::string> in_layer(const Names& layers, std::string_view stem, Side from,
                                    Side to) {
  const std::string_view prefix = layers.*from;
  const std::size_t end = stem.find('.', prefix.size());
  if (end == stem.npos) return std::nullopt;
  const std::string_view layer = stem.substr(prefix.size(), end - prefix.size());
  const std::optional<std::string> inner = find(kInLayer, stem.substr(end + 1), from, to);
  if (!is_number(layer) || !inner) return std::nullopt;
  return std::string(layers.*to) + std::string(layer) + "." + *inner;
}

// The stem is the name without ".weight" or ".bias".
std::optional<std::string> translated_stem(std::string_view stem, Side from, Side to) {
  for (const Names& layers : kLayers)
    if (stem.starts_with(layers.*from)) return in_layer(layers, stem, from, to);
  return find(kOutside, stem, from, to);
}

std::optional<std::string> translated(std::string_view name, Side from, Side to) {
  const std::size_t end = name.rfind('.');
  if (end == name.npos) return std::nullopt;
  const std::string_view kind = name.substr(end);
  const std::optional<std::string> stem = translated_stem(name.substr(0, end), from, to);
  if (!stem || (kind != ".weight" && kind != ".bias")) return std::nullopt;
  return *stem + std::string(kind);
}

}  // namespace

std::optional<std::string> name_in_hugging_face(std::string_view gguf) {
  return translated(gguf, &Names::gguf, &Names::hugging_face);
}

std::optional<std::string> name_in_gguf(std::string_view name) {
  if (name.starts_with("blk.") || name_in_hugging_face(name)) return std::string(name);
  return translated(name, &Names::hugging_face, &Names::gguf);
}

std::int64_t reordered_heads(const GgufHeader& header, std::string_view gguf) {
  const auto architecture = header.text("general.architecture");
  if (architecture && architecture != "llama") return 0;
  const std::optional<std::string> name = name_in_hugging_face(gguf);
  const bool queries = name && name->find(".q_proj.") != name->npos;
  const bool keys = name && name->find(".k_proj.") != name->npos;
  if (!queries && !keys) return 0;
  const auto heads = header.whole_number("llama.attention.head_count");
  const auto kv_heads = header.whole_number("llama.attention.head_count_kv");
  const auto found = queries || !kv_heads ? heads : kv_heads;
  return found && *found > 0 ? static_cast<std::int64_t>(*found) : kUnknownHeads;
}

std::vector<std::int64_t> rows_in_gguf(std::int64_t rows, std::int64_t heads) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(rows));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  if (heads == 0) return order;
  if (heads < 0 || rows % heads != 0 || rows / heads % 2 != 0)
    throw std::runtime_error("its " + std::to_string(rows) + " rows are not those of " +
                             std::to_string(heads) + " heads");
  const std::int64_t half = rows / heads / 2;  // d/2
  for (std::int64_t r = 0; r < rows; ++r) {
    const std::int64_t head = r / (2 * half), in_head = r % (2 * half);
    order[static_cast<std::size_t>(r)] = head * 2 * half + in_head % 2 * half + in_head / 2;
  }
  return order;
}

}  // namespace qbench
