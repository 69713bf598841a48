// SPDX-License-Identifier: Apache-2.0
// Tables of names: those of transformers in a layer, and outside of layers.
#include "harness/model/targets/gguf_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace qbench {
namespace {

struct Known {
  std::string_view transformers, gguf;
};

constexpr Known kInLayers[] = {
    {"self_attn.q_proj", "attn_q"},
    {"self_attn.k_proj", "attn_k"},
    {"self_attn.v_proj", "attn_v"},
    {"self_attn.qkv_proj", "attn_qkv"},
    {"self_attn.o_proj", "attn_output"},
    {"mlp.gate_proj", "ffn_gate"},
    {"mlp.up_proj", "ffn_up"},
    {"mlp.gate_up_proj", "ffn_up"},
    {"mlp.down_proj", "ffn_down"},
    {"attention.self.query", "attn_q"},
    {"attention.self.key", "attn_k"},
    {"attention.self.value", "attn_v"},
    {"attention.output.dense", "attn_output"},
    {"intermediate.dense", "ffn_up"},
    {"output.dense", "ffn_down"},
};
constexpr Known kOutside[] = {
    {"model.embed_tokens", "token_embd"},
    {"embeddings.word_embeddings", "token_embd"},
    {"bert.embeddings.word_embeddings", "token_embd"},
    {"lm_head", "output"},
};
constexpr std::string_view kPrefixes[] = {"model.layers.", "encoder.layer.", "bert.encoder.layer."};
constexpr std::string_view kWeight = ".weight";

template <class Table>
std::optional<std::string_view> find(const Table& table, std::string_view name) {
  const auto known = std::ranges::find(table, name, &Known::transformers);
  if (known == std::end(table)) return std::nullopt;
  return known->gguf;
}

std::optional<std::string> in_layer(std::string_view rest) {
  const std::size_t end = rest.find_first_not_of("0123456789");
  if (end == 0 || end == rest.npos || rest[end] != '.') return std::nullopt;
  const auto gguf = find(kInLayers, rest.substr(end + 1));
  if (!gguf) return std::nullopt;
  return fmt::format("blk.{}.{}{}", rest.substr(0, end), *gguf, kWeight);
}

bool is_gguf(std::string_view name) {
  return name.starts_with("blk.") || name == "token_embd.weight" || name == "output.weight";
}

}  // namespace

std::optional<std::string> gguf_name(std::string_view tensor) {
  if (is_gguf(tensor)) return std::string(tensor);
  if (!tensor.ends_with(kWeight)) return std::nullopt;
  tensor.remove_suffix(kWeight.size());
  for (const std::string_view prefix : kPrefixes)
    if (tensor.starts_with(prefix)) return in_layer(tensor.substr(prefix.size()));
  if (const auto gguf = find(kOutside, tensor)) return std::string(*gguf) + std::string(kWeight);
  return std::nullopt;
}

}  // namespace qbench
