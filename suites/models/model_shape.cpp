// SPDX-License-Identifier: Apache-2.0
// The tensors that follow from the numbers of an architecture, and sums over tensors.
#include "suites/models/model_shape.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

namespace qbench {
namespace {

class Builder {
 public:
  explicit Builder(const Architecture& architecture) : a_(architecture) {}

  std::vector<Part> parts() && {
    const std::int64_t width = a_.embedding ? a_.embedding : a_.hidden;
    add(TensorRole::embedding, "embed_tokens", a_.vocab, width, 1);
    add(TensorRole::positions, "embed_positions", a_.positions, a_.hidden, 1);
    add_attention();
    add_mlp(a_.experts.count ? a_.experts.dense_layers : a_.layers, a_.intermediate);
    add_experts();
    if (a_.embedding) {
      add(TensorRole::linear, "project_in", a_.hidden, width, 1);
      add(TensorRole::linear, "project_out", width, a_.hidden, 1);
    }
    add_norms();
    if (!a_.tied) add(TensorRole::head, "lm_head", a_.vocab, width, 1);
    if (a_.head_bias) add_vector("biases", a_.vocab, 1);
    return std::move(parts_);
  }

 private:
  void add(TensorRole role, const char* name, std::int64_t n, std::int64_t k, std::int64_t count,
           bool expert = false) {
    if (n > 0 && k > 0 && count > 0) parts_.push_back({role, name, n, k, count, expert});
  }
  void add_vector(const char* name, std::int64_t length, std::int64_t count, bool expert = false) {
    add(TensorRole::vector, name, length, 1, count, expert);
  }

  void add_attention() {
    const std::int64_t q = a_.heads * a_.head_dim, kv = a_.kv_heads * a_.head_dim;
    if (a_.latent.kv_rank) return add_latent_attention();
    if (a_.fused_qkv) {
      add(TensorRole::fused_qkv, "qkv_proj", q + 2 * kv, a_.hidden, a_.layers);
    } else {
      add(TensorRole::query, "q_proj", q, a_.hidden, a_.layers);
      add(TensorRole::key, "k_proj", kv, a_.hidden, a_.layers);
      add(TensorRole::value, "v_proj", kv, a_.hidden, a_.layers);
    }
    add(TensorRole::output, "o_proj", a_.hidden, q, a_.layers);
    if (a_.qkv_bias) add_vector("biases", q + 2 * kv, a_.layers);
    if (a_.output_bias) add_vector("biases", a_.hidden, a_.layers);
    add_vector("sinks", a_.sinks, a_.layers);
  }

  void add_latent_attention() {
    const Architecture::Latent& l = a_.latent;
    const std::int64_t q = a_.heads * (l.nope + l.rope);
    add(TensorRole::query, "q_a_proj", l.query_rank, a_.hidden, a_.layers);
    add_vector("norms", l.query_rank, a_.layers);
    add(TensorRole::query, l.query_rank ? "q_b_proj" : "q_proj", q,
        l.query_rank ? l.query_rank : a_.hidden, a_.layers);
    add(TensorRole::linear, "kv_a_proj_with_mqa", l.kv_rank + l.rope, a_.hidden, a_.layers);
    add_vector("norms", l.kv_rank, a_.layers);
    add(TensorRole::linear, "kv_b_proj", a_.heads * (l.nope + l.value), l.kv_rank, a_.layers);
    add(TensorRole::output, "o_proj", a_.hidden, a_.heads * l.value, a_.layers);
  }

  void add_mlp(std::int64_t layers, std::int64_t width) {
    if (a_.gated && a_.fused_gate_up) {
      add(TensorRole::fused_gate_up, "gate_up_proj", 2 * width, a_.hidden, layers);
    } else {
      if (a_.gated) add(TensorRole::gate, "gate_proj", width, a_.hidden, layers);
      add(TensorRole::up, "up_proj", width, a_.hidden, layers);
    }
    add(TensorRole::down, "down_proj", a_.hidden, width, layers);
    if (a_.mlp_bias) add_vector("biases", (a_.gated ? 2 : 1) * width + a_.hidden, layers);
  }

  void add_experts() {
    const Architecture::Experts& e = a_.experts;
    if (e.count == 0) return;
    const std::int64_t layers = a_.layers - e.dense_layers, count = layers * e.count;
    add(TensorRole::router, "router", e.count, a_.hidden, layers);
    if (e.router_bias) add_vector("biases", e.count, layers);
    add(TensorRole::gate, "experts.gate_proj", e.intermediate, a_.hidden, count, true);
    add(TensorRole::up, "experts.up_proj", e.intermediate, a_.hidden, count, true);
    add(TensorRole::down, "experts.down_proj", a_.hidden, e.intermediate, count, true);
    if (e.bias) add_vector("biases", 2 * e.intermediate + a_.hidden, count, true);
    add_mlp(e.shared ? layers : 0, e.shared);
    if (e.shared_gate) add(TensorRole::router, "shared_expert_gate", 1, a_.hidden, layers);
  }

  void add_norms() {
    const std::int64_t vectors = a_.norm_bias ? 2 : 1;
    add_vector("norms", a_.hidden, vectors * a_.norms * a_.layers);
    add_vector("norms", a_.head_norms, a_.layers);
    if (a_.final_norm) add_vector("norms", a_.hidden, vectors);
  }

  const Architecture& a_;
  std::vector<Part> parts_;
};

// Latent attention keeps the compressed keys and values, and one key that all heads share.
CacheShape cache_of(const Architecture& a) {
  const std::int64_t elements =
      a.latent.kv_rank ? a.latent.kv_rank + a.latent.rope : 2 * a.kv_heads * a.head_dim;
  return {.layers = a.layers, .elements = elements, .windowed = a.windowed, .window = a.window};
}

template <class Value>
std::int64_t sum(const std::vector<Part>& parts, Value value) {
  return std::transform_reduce(parts.begin(), parts.end(), std::int64_t{0}, std::plus{}, value);
}

}  // namespace

std::int64_t ModelShape::params() const {
  return sum(parts, [](const Part& part) { return part.params(); });
}

std::int64_t ModelShape::linear_params() const {
  return sum(parts, [](const Part& part) { return is_linear(part.role) ? part.params() : 0; });
}

std::int64_t ModelShape::active_params() const {
  return sum(parts, [this](const Part& part) {
    return part.expert ? part.params() / experts * active_experts : part.params();
  });
}

const Part* ModelShape::find(TensorRole role) const {
  const auto found = std::ranges::find(parts, role, &Part::role);
  return found == parts.end() ? nullptr : &*found;
}

std::vector<Layer> layers_of_token(const ModelShape& shape) {
  std::vector<Layer> out;
  for (std::int64_t layer = 0; layer < shape.layers; ++layer)
    for (const Part& part : shape.parts) {
      if (!is_linear(part.role)) continue;
      const std::int64_t active =
          part.expert ? part.count / shape.experts * shape.active_experts : part.count;
      const std::int64_t before = active * layer / shape.layers;
      const std::int64_t after = active * (layer + 1) / shape.layers;
      out.insert(out.end(), static_cast<std::size_t>(after - before), {part.n, part.k});
    }
  return out;
}

ModelShape shape_of(std::string name, const Architecture& a) {
  const Architecture::Experts& e = a.experts;
  return {.name = std::move(name),
          .layers = a.layers,
          .hidden = a.hidden,
          .vocab = a.vocab,
          .intermediate = std::max(e.dense_layers || e.count == 0 ? a.intermediate : 0,
                                   e.active * e.intermediate + e.shared),
          .heads = a.heads,
          .kv_heads = a.latent.kv_rank ? 0 : a.kv_heads,
          .tied = a.tied,
          .gated = a.gated,
          .experts = e.count,
          .active_experts = e.active,
          .cache = cache_of(a),
          .parts = Builder(a).parts()};
}

}  // namespace qbench
