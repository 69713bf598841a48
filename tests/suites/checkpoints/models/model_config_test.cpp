// SPDX-License-Identifier: Apache-2.0
// config.json of every family, against the counts of parameters that the models were published
// with, and what is wrong with others.
#include "suites/checkpoints/models/model_config.h"

#include <set>
#include <stdexcept>

#include "tests/catch.h"

namespace qbench {
namespace {

struct Published {
  const char* name;
  std::int64_t params;
  const char* config;  // the keys of the model's config.json that sizes follow from
};

// clang-format off
const Published kPublished[] = {
    {"Qwen2.5-0.5B", 494'032'768,
     R"({"model_type":"qwen2","hidden_size":896,"intermediate_size":4864,)"
     R"("num_attention_heads":14,"num_key_value_heads":2,"num_hidden_layers":24,)"
     R"("vocab_size":151936,"tie_word_embeddings":true,"use_sliding_window":false,)"
     R"("sliding_window":32768,"max_window_layers":21})"},
    {"Qwen2.5-14B", 14'770'033'664,
     R"({"model_type":"qwen2","hidden_size":5120,"intermediate_size":13824,)"
     R"("num_attention_heads":40,"num_key_value_heads":8,"num_hidden_layers":48,)"
     R"("vocab_size":152064})"},
    {"Qwen2.5-72B", 72'706'203'648,
     R"({"model_type":"qwen2","hidden_size":8192,"intermediate_size":29568,)"
     R"("num_attention_heads":64,"num_key_value_heads":8,"num_hidden_layers":80,)"
     R"("vocab_size":152064})"},
    {"Qwen3-0.6B", 596'049'920,
     R"({"model_type":"qwen3","hidden_size":1024,"intermediate_size":3072,)"
     R"("num_attention_heads":16,"num_key_value_heads":8,"head_dim":128,"num_hidden_layers":28,)"
     R"("vocab_size":151936,"tie_word_embeddings":true})"},
    {"Qwen3-8B", 8'190'735'360,
     R"({"model_type":"qwen3","hidden_size":4096,"intermediate_size":12288,)"
     R"("num_attention_heads":32,"num_key_value_heads":8,"head_dim":128,"num_hidden_layers":36,)"
     R"("vocab_size":151936,"tie_word_embeddings":false})"},
    {"Qwen3-30B-A3B", 30'532'122'624,
     R"({"model_type":"qwen3_moe","hidden_size":2048,"intermediate_size":6144,)"
     R"("moe_intermediate_size":768,"num_attention_heads":32,"num_key_value_heads":4,)"
     R"("head_dim":128,"num_hidden_layers":48,"vocab_size":151936,"num_experts":128,)"
     R"("num_experts_per_tok":8,"decoder_sparse_step":1,"mlp_only_layers":[]})"},
    {"Qwen1.5-MoE-A2.7B", 14'315'784'192,
     R"({"model_type":"qwen2_moe","hidden_size":2048,"intermediate_size":5632,)"
     R"("moe_intermediate_size":1408,"shared_expert_intermediate_size":5632,)"
     R"("num_attention_heads":16,"num_key_value_heads":16,"num_hidden_layers":24,)"
     R"("vocab_size":151936,"num_experts":60,"num_experts_per_tok":4})"},
    {"gemma-2b", 2'506'172'416,
     R"({"model_type":"gemma","hidden_size":2048,"intermediate_size":16384,)"
     R"("num_attention_heads":8,"num_key_value_heads":1,"head_dim":256,"num_hidden_layers":18,)"
     R"("vocab_size":256000})"},
    {"gemma-7b", 8'537'680'896,
     R"({"model_type":"gemma","hidden_size":3072,"intermediate_size":24576,)"
     R"("num_attention_heads":16,"num_key_value_heads":16,"head_dim":256,"num_hidden_layers":28,)"
     R"("vocab_size":256000})"},
    {"gemma-2-2b", 2'614'341'888,
     R"({"model_type":"gemma2","hidden_size":2304,"intermediate_size":9216,)"
     R"("num_attention_heads":8,"num_key_value_heads":4,"head_dim":256,"num_hidden_layers":26,)"
     R"("vocab_size":256000,"sliding_window":4096})"},
    {"gemma-2-9b", 9'241'705'984,
     R"({"model_type":"gemma2","hidden_size":3584,"intermediate_size":14336,)"
     R"("num_attention_heads":16,"num_key_value_heads":8,"head_dim":256,"num_hidden_layers":42,)"
     R"("vocab_size":256000,"sliding_window":4096})"},
    {"gemma-3-1b", 999'885'952,
     R"({"model_type":"gemma3_text","hidden_size":1152,"intermediate_size":6912,)"
     R"("num_attention_heads":4,"num_key_value_heads":1,"head_dim":256,"num_hidden_layers":26,)"
     R"("vocab_size":262144,"sliding_window":512,"sliding_window_pattern":6})"},
    {"phi-2", 2'779'683'840,
     R"({"model_type":"phi","hidden_size":2560,"intermediate_size":10240,)"
     R"("num_attention_heads":32,"num_hidden_layers":32,"vocab_size":51200,)"
     R"("tie_word_embeddings":false})"},
    {"Phi-3-mini", 3'821'079'552,
     R"({"model_type":"phi3","hidden_size":3072,"intermediate_size":8192,)"
     R"("num_attention_heads":32,"num_key_value_heads":32,"num_hidden_layers":32,)"
     R"("vocab_size":32064,"sliding_window":2047})"},
    {"falcon-7b", 6'921'720'704,
     R"({"model_type":"falcon","hidden_size":4544,"num_attention_heads":71,)"
     R"("num_hidden_layers":32,"multi_query":true,"new_decoder_architecture":false,)"
     R"("parallel_attn":true,"bias":false,"vocab_size":65024,"alibi":false})"},
    {"gpt2", 124'439'808,
     R"({"model_type":"gpt2","n_layer":12,"n_embd":768,"n_head":12,"n_positions":1024,)"
     R"("vocab_size":50257})"},
    {"gpt2-xl", 1'557'611'200,
     R"({"model_type":"gpt2","n_layer":48,"n_embd":1600,"n_head":25,"n_positions":1024,)"
     R"("vocab_size":50257})"},
    {"pythia-6.9b", 6'857'302'016,
     R"({"model_type":"gpt_neox","hidden_size":4096,"intermediate_size":16384,)"
     R"("num_attention_heads":32,"num_hidden_layers":32,"vocab_size":50432,)"
     R"("tie_word_embeddings":false})"},
    {"pythia-1.4b", 1'414'647'808,
     R"({"model_type":"gpt_neox","hidden_size":2048,"intermediate_size":8192,)"
     R"("num_attention_heads":16,"num_hidden_layers":24,"vocab_size":50304,)"
     R"("tie_word_embeddings":false})"},
    {"opt-125m", 125'239'296,
     R"({"model_type":"opt","hidden_size":768,"ffn_dim":3072,"num_attention_heads":12,)"
     R"("num_hidden_layers":12,"vocab_size":50272,"word_embed_proj_dim":768,)"
     R"("max_position_embeddings":2048,"do_layer_norm_before":true})"},
    {"opt-350m", 331'196'416,
     R"({"model_type":"opt","hidden_size":1024,"ffn_dim":4096,"num_attention_heads":16,)"
     R"("num_hidden_layers":24,"vocab_size":50272,"word_embed_proj_dim":512,)"
     R"("max_position_embeddings":2048,"do_layer_norm_before":false})"},
    {"Llama-3.2-1B", 1'235'814'400,
     R"({"model_type":"llama","hidden_size":2048,"intermediate_size":8192,)"
     R"("num_attention_heads":32,"num_key_value_heads":8,"num_hidden_layers":16,)"
     R"("vocab_size":128256,"tie_word_embeddings":true,"head_dim":64})"},
    {"Llama-3.2-3B", 3'212'749'824,
     R"({"model_type":"llama","hidden_size":3072,"intermediate_size":8192,)"
     R"("num_attention_heads":24,"num_key_value_heads":8,"num_hidden_layers":28,)"
     R"("vocab_size":128256,"tie_word_embeddings":true,"head_dim":128})"},
    {"TinyLlama", 1'100'048'384,
     R"({"model_type":"llama","hidden_size":2048,"intermediate_size":5632,)"
     R"("num_attention_heads":32,"num_key_value_heads":4,"num_hidden_layers":22,)"
     R"("vocab_size":32000})"},
    {"Mistral-Nemo", 12'247'782'400,
     R"({"model_type":"mistral","hidden_size":5120,"intermediate_size":14336,)"
     R"("num_attention_heads":32,"num_key_value_heads":8,"head_dim":128,"num_hidden_layers":40,)"
     R"("vocab_size":131072,"sliding_window":null})"},
    {"Mixtral", 46'702'792'704,
     R"({"model_type":"mixtral","hidden_size":4096,"intermediate_size":14336,)"
     R"("num_attention_heads":32,"num_key_value_heads":8,"num_hidden_layers":32,)"
     R"("vocab_size":32000,"num_local_experts":8,"num_experts_per_tok":2})"},
    {"DeepSeek-V2-Lite", 15'706'484'224,
     R"({"model_type":"deepseek_v2","hidden_size":2048,"intermediate_size":10944,)"
     R"("moe_intermediate_size":1408,"num_attention_heads":16,"num_key_value_heads":16,)"
     R"("num_hidden_layers":27,"vocab_size":102400,"q_lora_rank":null,"kv_lora_rank":512,)"
     R"("qk_rope_head_dim":64,"qk_nope_head_dim":128,"v_head_dim":128,"n_routed_experts":64,)"
     R"("n_shared_experts":2,"num_experts_per_tok":6,"first_k_dense_replace":1,)"
     R"("moe_layer_freq":1})"},
    {"DeepSeek-V3", 671'026'419'200,
     R"({"model_type":"deepseek_v3","hidden_size":7168,"intermediate_size":18432,)"
     R"("moe_intermediate_size":2048,"num_attention_heads":128,"num_key_value_heads":128,)"
     R"("num_hidden_layers":61,"vocab_size":129280,"q_lora_rank":1536,"kv_lora_rank":512,)"
     R"("qk_rope_head_dim":64,"qk_nope_head_dim":128,"v_head_dim":128,"n_routed_experts":256,)"
     R"("n_shared_experts":1,"num_experts_per_tok":8,"first_k_dense_replace":3,)"
     R"("moe_layer_freq":1,"num_nextn_predict_layers":1})"},
    {"gpt-oss-20b", 20'914'757'184,
     R"({"model_type":"gpt_oss","hidden_size":2880,"intermediate_size":2880,)"
     R"("num_attention_heads":64,"num_key_value_heads":8,"head_dim":64,"num_hidden_layers":24,)"
     R"("vocab_size":201088,"num_local_experts":32,"num_experts_per_tok":4,"sliding_window":128,)"
     R"("attention_bias":true,"tie_word_embeddings":false})"},
    {"gpt-oss-120b", 116'829'156'672,
     R"({"model_type":"gpt_oss","hidden_size":2880,"intermediate_size":2880,)"
     R"("num_attention_heads":64,"num_key_value_heads":8,"head_dim":64,"num_hidden_layers":36,)"
     R"("vocab_size":201088,"num_local_experts":128,"num_experts_per_tok":4,"sliding_window":128,)"
     R"("attention_bias":true,"tie_word_embeddings":false})"},
    {"starcoder2-3b", 3'030'371'328,
     R"({"model_type":"starcoder2","hidden_size":3072,"intermediate_size":12288,)"
     R"("num_attention_heads":24,"num_key_value_heads":2,"num_hidden_layers":30,)"
     R"("vocab_size":49152,"sliding_window":4096})"},
    {"command-r", 34'980'831'232,
     R"({"model_type":"cohere","hidden_size":8192,"intermediate_size":22528,)"
     R"("num_attention_heads":64,"num_key_value_heads":64,"num_hidden_layers":40,)"
     R"("vocab_size":256000,"use_qk_norm":false})"},
    {"OLMo-2-7B", 7'298'617'344,
     R"({"model_type":"olmo2","hidden_size":4096,"intermediate_size":11008,)"
     R"("num_attention_heads":32,"num_key_value_heads":32,"num_hidden_layers":32,)"
     R"("vocab_size":100352,"tie_word_embeddings":false})"},
    {"SmolLM3", 3'075'098'624,
     R"({"model_type":"smollm3","hidden_size":2048,"intermediate_size":11008,)"
     R"("num_attention_heads":16,"num_key_value_heads":4,"num_hidden_layers":36,)"
     R"("vocab_size":128256})"},
};
// clang-format on

constexpr const char* kTiny =
    R"({"model_type":"llama","num_hidden_layers":2,"hidden_size":64,"intermediate_size":128,)"
    R"("num_attention_heads":4,"vocab_size":100)";

std::string tiny(const std::string& more) { return kTiny + more + "}"; }

std::string config_error(const std::string& config) {
  try {
    shape_of_config(config, "x");
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a config.json gives the published count of parameters, for every family") {
  std::set<std::string> seen;
  for (const Published& model : kPublished) {
    CAPTURE(model.name);
    const ModelShape shape = shape_of_config(model.config, model.name);
    CHECK(shape.params() == model.params);
    CHECK(shape.name == model.name);
    const std::string text = model.config;
    for (const std::string& type : known_model_types())
      if (text.find("\"model_type\":\"" + type + "\"") != text.npos) seen.insert(type);
  }
  for (const std::string& type : known_model_types()) {
    CAPTURE(type);
    CHECK((seen.contains(type) || type == "granite"));  // granite has llama's keys
  }
}

TEST_CASE("a token of DeepSeek-V3 goes through 37 billion parameters, of gpt-oss-120b 5 and more") {
  for (const Published& model : kPublished) {
    const double active =
        static_cast<double>(shape_of_config(model.config, model.name).active_params()) / 1e9;
    if (model.name == std::string("DeepSeek-V3")) CHECK(active == Approx(37.55).margin(0.01));
    if (model.name == std::string("gpt-oss-120b")) CHECK(active == Approx(5.71).margin(0.01));
  }
}

TEST_CASE("latent attention keeps its compressed keys and values and one shared key") {
  for (const Published& model : kPublished)
    if (model.name == std::string("DeepSeek-V3")) {
      const ModelShape shape = shape_of_config(model.config, model.name);
      CHECK(shape.cache.elements == 512 + 64);
      CHECK(shape.kv_heads == 0);
      CHECK_THAT(shape.left_out, ContainsSubstring("num_nextn_predict_layers"));
    }
}

TEST_CASE("windows of attention are read as each family has them, and a list of layers decides") {
  CHECK(shape_of_config(tiny(""), "x").cache.windowed == 0);
  const ModelShape listed = shape_of_config(
      tiny(R"(,"layer_types":["sliding_attention","full_attention"],"sliding_window":16)"), "x");
  CHECK(listed.cache.windowed == 1);
  CHECK(listed.cache.window == 16);
  CHECK_THAT(config_error(tiny(R"(,"layer_types":["sliding_attention"])")),
             ContainsSubstring("'sliding_window'"));
  CHECK_THAT(config_error(tiny(R"(,"layer_types":["a",1])")), ContainsSubstring("list of strings"));
}

TEST_CASE("a key that is missing is named, and so is one of the wrong type") {
  CHECK(config_error(tiny("")) == "");
  CHECK_THAT(config_error(R"({"architectures":["LlamaForCausalLM"]})"),
             ContainsSubstring("has no key 'model_type'"));
  CHECK_THAT(config_error(R"({"model_type":"llama"})"),
             ContainsSubstring("has no key 'num_hidden_layers'"));
  CHECK_THAT(config_error(R"({"model_type":"llama","num_hidden_layers":"2"})"),
             ContainsSubstring("key 'num_hidden_layers' must be a whole number") &&
                 ContainsSubstring("not '\"2\"'"));
  CHECK_THAT(config_error(R"({"model_type":"llama","num_hidden_layers":0})"),
             ContainsSubstring("from 1"));
  CHECK_THAT(config_error(tiny(R"(,"tie_word_embeddings":1)")), ContainsSubstring("true or false"));
  CHECK_THAT(config_error(R"({"model_type":7})"), ContainsSubstring("must be a string"));
  CHECK_THAT(config_error(R"({"model_type":"lama"})"), ContainsSubstring("did you mean 'llama'?"));
  CHECK_THAT(config_error(tiny(R"(,"hidden_size":64)")), ContainsSubstring("duplicate key"));
  CHECK_THAT(config_error("[1]"), ContainsSubstring("no config.json"));
  CHECK_THAT(config_error("{"), ContainsSubstring("not valid JSON"));
  CHECK_THAT(config_error(""), ContainsSubstring("empty file"));
}

TEST_CASE("null is a key that is not there") {
  CHECK(shape_of_config(tiny(R"(,"num_key_value_heads":null,"head_dim":null)"), "x").kv_heads == 4);
}

TEST_CASE("heads must divide the hidden size, where their width has no key") {
  CHECK_THAT(config_error(R"({"model_type":"llama","num_hidden_layers":2,"hidden_size":65,)"
                          R"("intermediate_size":128,"num_attention_heads":4,"vocab_size":100})"),
             ContainsSubstring("has no key 'head_dim'"));
}

TEST_CASE("what is not read as it stands is refused, not counted wrongly") {
  const std::string moe =
      R"({"model_type":"qwen3_moe","num_hidden_layers":2,"hidden_size":64,"intermediate_size":128,)"
      R"("num_attention_heads":4,"vocab_size":100,"num_experts":4,"num_experts_per_tok":2,)"
      R"("moe_intermediate_size":32)";
  CHECK(config_error(moe + "}") == "");
  CHECK_THAT(config_error(moe + R"(,"decoder_sparse_step":2})"),
             ContainsSubstring("'decoder_sparse_step' is read as 1 alone"));
  CHECK_THAT(config_error(moe + R"(,"mlp_only_layers":[0]})"), ContainsSubstring("not as a list"));
}

TEST_CASE("sizes that no model has are refused") {
  CHECK_THAT(config_error(R"({"model_type":"llama","num_hidden_layers":16777217})"),
             ContainsSubstring("to 2^24"));
  CHECK_THAT(config_error(R"({"model_type":"llama","num_hidden_layers":16777216,)"
                          R"("hidden_size":16777216,"intermediate_size":16777216,)"
                          R"("num_attention_heads":16777216,"vocab_size":16777216})"),
             ContainsSubstring("10^15 parameters"));
}

TEST_CASE("a model that also sees is its language model, and the rest is told") {
  const ModelShape shape = shape_of_config(
      R"({"model_type":"gemma3","vision_config":{},"text_config":)" + tiny("") + "}", "x");
  CHECK(shape.params() == shape_of_config(tiny(""), "x").params());
  CHECK_THAT(shape.left_out, ContainsSubstring("text_config"));
}

}  // namespace qbench
