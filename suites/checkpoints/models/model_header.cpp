// SPDX-License-Identifier: Apache-2.0
// Sorts tensors into roles by patterns of their names, and tensors of one size into parts.
#include "suites/checkpoints/models/model_header.h"

#include <re2/re2.h>

#include <algorithm>
#include <set>
#include <utility>

#include "reports/text/text.h"
#include "suites/checkpoints/containers/parts.h"
#include "suites/checkpoints/fail_file.h"
#include "suites/checkpoints/models/network_head.h"
#include "suites/checkpoints/tensors/tensor_scope.h"

namespace qbench {
namespace {

struct RolePattern {
  TensorRole role;
  RE2 pattern;
};

// Names of linear layers; the first match decides. tensor_names.inc has those of routers.
const std::vector<const RolePattern*>& linear_patterns() {
  static const RolePattern patterns[] = {
      {TensorRole::fused_qkv,
       R"((^|[._])(qkv|qkv_proj|query_key_value|c_attn|attn_qkv|Wqkv|in_proj_weight)(\.weight)?$)"},
      {TensorRole::query, R"((^|\.)(q_proj|query|attn_q|q_a_proj|q_b_proj|wq)\.weight$)"},
      {TensorRole::key, R"((^|\.)(k_proj|key|attn_k|wk)\.weight$)"},
      {TensorRole::value, R"((^|\.)(v_proj|value|attn_v|wv)\.weight$)"},
      {TensorRole::output,
       R"((^|\.)(o_proj|out_proj|attn_output|attn\.c_proj|\w*attention\.dense|self_attn\.dense|attention\.output\.dense|wo)\.weight$)"},
      {TensorRole::fused_gate_up, R"((^|\.)gate_up_proj(\.weight)?$)"},
      {TensorRole::gate, R"((^|\.)(gate_proj|ffn_gate|ffn_gate_exps|w1)(\.weight)?$)"},
      {TensorRole::up,
       R"((^|\.)(up_proj|ffn_up|ffn_up_exps|w3|fc1|c_fc|dense_h_to_4h|intermediate\.dense)(\.weight)?$)"},
      {TensorRole::down,
       R"((^|\.)(down_proj|ffn_down|ffn_down_exps|w2|fc2|mlp\.c_proj|dense_4h_to_h|output\.dense)(\.weight)?$)"},
  };
  static const std::vector<const RolePattern*> all = [] {
    std::vector<const RolePattern*> pointers;
    for (const RolePattern& pattern : patterns) pointers.push_back(&pattern);
    return pointers;
  }();
  return all;
}

// Rows of positions, and of types of tokens.
bool is_position(const std::string& name) {
  static const RE2 pattern(
      R"((^|[._])(wpe|embed_positions|position_embeddings?|pos_embed\w*|position_embd|pos_embd|token_types|token_type_embeddings)(\.weight)?$)");
  return RE2::PartialMatch(name, pattern);
}

bool is_expert(const std::string& name) {
  static const RE2 pattern(R"((^|\.)experts\.|_exps\.)");
  return RE2::PartialMatch(name, pattern);
}

std::int64_t expert_in(const std::string& name) {
  static const RE2 pattern(R"((?:^|\.)experts\.(\d{1,6})\.)");
  std::int64_t expert = -1;
  return RE2::PartialMatch(name, pattern, &expert) ? expert : -1;
}

// "q_proj" of "model.layers.0.self_attn.q_proj.weight".
std::string short_name(const std::string& name) {
  const std::string whole = module_of(name);
  return whole.substr(whole.rfind('.') + 1);
}

class Sorter {
 public:
  explicit Sorter(std::string name) { shape_.name = std::move(name); }

  ModelShape shape(const std::vector<Tensor>& tensors) && {
    for (const Tensor& tensor : tensors) add(tensor);
    for (const Part& part : shape_.parts) follow(part);
    set_cache();
    turn_if_transposed();
    if (shape_.linear_params() == 0) fail_file("has no linear layer");
    shape_.gated = shape_.find(TensorRole::gate) || shape_.find(TensorRole::fused_gate_up);
    shape_.tied = head_of(tensors) == Head::tied;
    if (is_encoder(tensors)) {
      shape_.vocab = 0;
      shape_.cache = {};
    }
    shape_.source = "header";
    return std::move(shape_);
  }

 private:
  void add(const Tensor& tensor) {
    shape_.stored_bytes += tensor.stored_bytes();
    const std::string noun = why_not_in_totals(tensor);
    const bool empty = std::ranges::find(tensor.shape, 0) != tensor.shape.end();
    if (noun == "mask" || noun == "index" || empty) return;
    if (noun == "bias" && tensor.shape.size() > 2) return;  // GPT-2's mask is called attn.bias
    const TensorRole role = role_of(tensor);
    if (!tensor.has_known_shape()) refuse(tensor, noun);
    shape_.layers = std::max(shape_.layers, layer_in(tensor.name) + 1);
    const bool expert = is_linear(role) && is_expert(tensor.name);
    const std::int64_t slices = tensor.slices();
    if (expert) shape_.experts = std::max({shape_.experts, slices, expert_in(tensor.name) + 1});
    if (role == TensorRole::key || role == TensorRole::value) cached_.insert(layer_in(tensor.name));
    if (role == TensorRole::vector)
      add_part({role, "vectors", tensor.rows() * tensor.cols(), 1, 1, false});
    else
      add_part(
          {role, short_name(tensor.name), tensor.rows() / slices, tensor.cols(), slices, expert});
  }

  // Scales of quantized weights, or their codes, in a layout that is not read.
  static void refuse(const Tensor& tensor, const std::string& noun) {
    fail_file("is quantized in a way that is not read (tensor " + in_quotes(tensor.name) + " of " +
              tensor.dtype + (noun.empty() ? "" : ", " + noun) +
              "): give the config.json of the model");
  }

  // `elements` has those of all layers.
  void set_cache() {
    const auto layers = std::ssize(cached_);
    const bool alike = layers > 0 && shape_.cache.elements % layers == 0;
    shape_.cache.layers = alike ? layers : 1;
    if (alike) shape_.cache.elements /= layers;
  }

  // Layers of transformers' Conv1D (GPT-2) are k x n in files: the embedding tells which side of
  // `down` is the residual's.
  void turn_if_transposed() {
    for (const Part& part : shape_.parts)
      if (part.role == TensorRole::embedding && part.k == shape_.intermediate)
        std::swap(shape_.hidden, shape_.intermediate);
  }

  void add_part(const Part& part) {
    const auto same = std::ranges::find_if(shape_.parts, [&](const Part& other) {
      return other.role == part.role && other.n == part.n && other.k == part.k &&
             other.name == part.name && other.expert == part.expert;
    });
    if (same != shape_.parts.end())
      same->count += part.count;
    else
      shape_.parts.push_back(part);
  }

  // What the sizes of a part say of the model.
  void follow(const Part& part) {
    if (part.role == TensorRole::embedding && part.n > shape_.vocab) shape_.vocab = part.n;
    if (part.role == TensorRole::down) {
      shape_.hidden = part.n;
      shape_.intermediate = std::max(shape_.intermediate, part.k);
    }
    if (part.role == TensorRole::key || part.role == TensorRole::value)
      shape_.cache.elements += part.n * part.count;
  }

  ModelShape shape_;
  std::set<std::int64_t> cached_;  // layers that have keys and values
};

}  // namespace

TensorRole role_of(const Tensor& tensor) {
  const std::string noun = why_not_in_totals(tensor);
  if (is_position(tensor.name)) return TensorRole::positions;
  if (noun == "embedding")
    return tensor.shape.size() > 1 ? TensorRole::embedding : TensorRole::vector;
  if (noun == "head") return TensorRole::head;
  if (noun == "router") return TensorRole::router;
  if (!noun.empty()) return TensorRole::vector;
  if (tensor.layout == Layout::convolution) return TensorRole::other;
  for (const RolePattern* each : linear_patterns())
    if (RE2::PartialMatch(tensor.name, each->pattern)) return each->role;
  return TensorRole::linear;
}

ModelShape shape_of_tensors(const std::vector<Tensor>& tensors, const std::string& name) {
  return Sorter(name).shape(tensors);
}

}  // namespace qbench
