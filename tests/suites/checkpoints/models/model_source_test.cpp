// SPDX-License-Identifier: Apache-2.0
// Models by name, by config.json and by the headers of their files.
#include "suites/checkpoints/models/model_source.h"

#include "suites/checkpoints/models/model_header.h"
#include "tests/suites/checkpoints/checkpoints.h"
#include "tests/suites/checkpoints/gguf/gguf_bytes.h"

namespace qbench {
namespace {

using namespace test;

// A model of LLaMA's kind with 2 layers, 4 heads of 16 and 2 of keys and values.
NamedShapes llama_tensors() {
  NamedShapes tensors = {{"model.embed_tokens.weight", {100, 64}},
                         {"model.norm.weight", {64}},
                         {"lm_head.weight", {100, 64}}};
  for (const std::string layer : {"0", "1"}) {
    const std::string begin = "model.layers." + layer + ".";
    const NamedShapes own = {
        {"self_attn.q_proj.weight", {64, 64}},    {"self_attn.k_proj.weight", {32, 64}},
        {"self_attn.v_proj.weight", {32, 64}},    {"self_attn.o_proj.weight", {64, 64}},
        {"mlp.gate_proj.weight", {128, 64}},      {"mlp.up_proj.weight", {128, 64}},
        {"mlp.down_proj.weight", {64, 128}},      {"input_layernorm.weight", {64}},
        {"post_attention_layernorm.weight", {64}}};
    for (const auto& [name, shape] : own) tensors.emplace_back(begin + name, shape);
  }
  return tensors;
}

// A layer of BERT's kind.
NamedShapes encoder_tensors() {
  const std::string layer = "encoder.layer.0.";
  return {{"embeddings.word_embeddings.weight", {100, 64}},
          {"embeddings.position_embeddings.weight", {32, 64}},
          {layer + "attention.self.query.weight", {64, 64}},
          {layer + "attention.self.key.weight", {64, 64}},
          {layer + "attention.self.value.weight", {64, 64}},
          {layer + "intermediate.dense.weight", {128, 64}},
          {layer + "output.dense.weight", {64, 128}}};
}

constexpr const char* kConfig =
    R"({"model_type":"llama","num_hidden_layers":2,"hidden_size":64,"intermediate_size":128,)"
    R"("num_attention_heads":4,"num_key_value_heads":2,"vocab_size":100})";

std::string error_of(const std::string& typed) {
  try {
    read_model(typed);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TensorRole role(const std::string& name, const std::vector<std::int64_t>& shape) {
  Tensor tensor;
  tensor.name = name;
  tensor.shape = shape;
  tensor.layout = default_layout(name, shape);
  return role_of(tensor);
}

}  // namespace

TEST_CASE("tensors have their roles by name, in the names of transformers, LitGPT's kin and GGUF") {
  CHECK(role("model.layers.0.self_attn.q_proj.weight", {64, 64}) == TensorRole::query);
  CHECK(role("blk.0.attn_v.weight", {64, 64}) == TensorRole::value);
  CHECK(role("transformer.h.0.self_attention.query_key_value.weight", {96, 64}) ==
        TensorRole::fused_qkv);
  CHECK(role("transformer.h.0.self_attention.dense.weight", {64, 64}) == TensorRole::output);
  CHECK(role("h.0.attn.c_proj.weight", {64, 64}) == TensorRole::output);
  CHECK(role("h.0.mlp.c_proj.weight", {256, 64}) == TensorRole::down);
  CHECK(role("encoder.layer.0.attention.output.dense.weight", {64, 64}) == TensorRole::output);
  CHECK(role("encoder.layer.0.output.dense.weight", {64, 256}) == TensorRole::down);
  CHECK(role("model.layers.0.mlp.gate_proj.weight", {128, 64}) == TensorRole::gate);
  CHECK(role("model.layers.0.mlp.gate.weight", {8, 64}) == TensorRole::router);
  CHECK(role("model.layers.0.mlp.experts.gate_up_proj", {8, 64, 256}) == TensorRole::fused_gate_up);
  CHECK(role("model.embed_tokens.weight", {100, 64}) == TensorRole::embedding);
  CHECK(role("wpe.weight", {100, 64}) == TensorRole::positions);
  CHECK(role("lm_head.weight", {100, 64}) == TensorRole::head);
  CHECK(role("model.norm.weight", {64}) == TensorRole::vector);
  CHECK(role("features.conv.weight", {64, 3, 3, 3}) == TensorRole::other);
  CHECK(role("some.projection.weight", {64, 64}) == TensorRole::linear);
}

TEST_CASE("a header counts what the config describes") {
  const TestFolder folder;
  folder.write("model.safetensors", f32_file_of(llama_tensors()));
  const ModelShape header = read_model(folder / "model.safetensors");
  folder.write("config.json", kConfig);
  const ModelShape config = read_model(folder / "config.json");
  CHECK(header.params() == config.params());
  CHECK(header.linear_params() == config.linear_params());
  CHECK(header.layers == 2);
  CHECK(header.hidden == 64);
  CHECK(header.vocab == 100);
  CHECK(header.intermediate == 128);
  CHECK(header.cache.elements * header.cache.layers == config.cache.elements * config.cache.layers);
  CHECK_FALSE(header.tied);
  CHECK(header.gated);
  CHECK(header.heads == 0);
  CHECK(header.stored_bytes == 4 * header.params());
}

TEST_CASE("a folder is its headers, and of the config what no header says") {
  const TestFolder folder;
  folder.write("model.safetensors", f32_file_of(llama_tensors()));
  CHECK(read_model(folder.path()).source == "header");
  folder.write("config.json", kConfig);
  const ModelShape both = read_model(folder.path());
  CHECK(both.heads == 4);
  CHECK(both.stored_bytes > 0);
  CHECK(both.source == "config.json and the headers of files");
  folder.write("config.json", R"({"model_type":"bert"})");
  const ModelShape without = read_model(folder.path());
  CHECK(without.params() == both.params());
  CHECK_THAT(without.left_out, ContainsSubstring("unknown model_type 'bert'"));
}

TEST_CASE("an encoder, which has no cache, misses nothing that its config.json says") {
  const TestFolder folder;
  folder.write("model.safetensors", f32_file_of(encoder_tensors()));
  folder.write("config.json", R"({"model_type":"bert"})");
  CHECK(read_model(folder.path()).left_out.empty());
}

TEST_CASE("a part of a split model says that it is one") {
  const TestFolder folder;
  for (const char* name : {"model-00001-of-00002.safetensors", "model-00001-of-00001.safetensors"})
    folder.write(name, f32_file_of(llama_tensors()));
  CHECK(read_model(folder / "model-00001-of-00002.safetensors").left_out ==
        "1 of its 2 shards ('model-00002-of-00002.safetensors'): give the folder that has all, or "
        "the index");
  CHECK(read_model(folder / "model-00001-of-00001.safetensors").left_out.empty());
}

TEST_CASE("a part of a split model that has no head claims none") {
  const TestFolder folder;
  NamedShapes headless = llama_tensors();
  std::erase_if(headless, [](const auto& each) { return each.first == "lm_head.weight"; });
  for (const char* name : {"model-00001-of-00002.safetensors", "model-00001-of-00001.safetensors"})
    folder.write(name, f32_file_of(headless));
  CHECK_FALSE(read_model(folder / "model-00001-of-00002.safetensors").tied);
  CHECK(read_model(folder / "model-00001-of-00001.safetensors").tied);
}

TEST_CASE("files and a config that differ in their layers are told") {
  const TestFolder folder;
  folder.write("model.safetensors", f32_file_of(llama_tensors()));
  folder.write("config.json", kConfig);
  CHECK(read_model(folder.path()).at_odds.empty());
  std::string other = kConfig;
  other.replace(other.find("layers\":2") + 8, 1, "9");
  folder.write("config.json", other);
  CHECK(
      read_model(folder.path()).at_odds ==
      "2 layers in the files, by which weights count, and 9 in config.json, by which the KV cache "
      "does");
}

TEST_CASE("files without a head are tied, whatever the config says, and those with one are not") {
  const TestFolder folder;
  folder.write("config.json", std::string(kConfig, std::string(kConfig).size() - 1) +
                                  R"(,"tie_word_embeddings":true})");
  folder.write("model.safetensors", f32_file_of(llama_tensors()));
  CHECK_FALSE(read_model(folder.path()).tied);
  NamedShapes tied = llama_tensors();
  std::erase_if(tied, [](const auto& each) { return each.first == "lm_head.weight"; });
  folder.write("model.safetensors", f32_file_of(tied));
  CHECK(read_model(folder.path()).tied);
  CHECK(read_model(folder.path()).at_odds.empty());
}

TEST_CASE("files without the head that the config has are told") {
  const TestFolder folder;
  NamedShapes headless = llama_tensors();
  std::erase_if(headless, [](const auto& each) { return each.first == "lm_head.weight"; });
  folder.write("config.json", std::string(kConfig, std::string(kConfig).size() - 1) +
                                  R"(,"tie_word_embeddings":false})");
  folder.write("model.safetensors", f32_file_of(headless));
  CHECK(read_model(folder.path()).at_odds ==
        "no head in the files, so that the embedding counts as the head too, and one of its own by "
        "config.json (tie_word_embeddings)");
}

TEST_CASE("a folder of config.json alone is that, and an empty one an error") {
  const TestFolder folder;
  CHECK_THAT(error_of(folder.path()), ContainsSubstring("neither config.json nor"));
  folder.write("config.json", kConfig);
  CHECK(read_model(folder.path()).source == "config.json");
}

TEST_CASE("an encoder keeps no keys and values, and has no head") {
  const TestFolder folder;
  folder.write("a.safetensors",
               f32_file_of({{"embeddings.word_embeddings.weight", {100, 64}},
                            {"encoder.layer.0.attention.self.key.weight", {64, 64}},
                            {"encoder.layer.0.attention.self.value.weight", {64, 64}},
                            {"encoder.layer.0.output.dense.weight", {64, 128}}}));
  const ModelShape shape = read_model(folder / "a.safetensors");
  CHECK(shape.cache.elements == 0);
  CHECK(shape.vocab == 0);
  CHECK_FALSE(shape.tied);
}

TEST_CASE("masks and indexes are no parameters, and may have any dtype") {
  const TestFolder folder;
  folder.write("a.safetensors",
               safetensors_bytes(R"({"embeddings.position_ids":{"dtype":"I64","shape":[1,2],)"
                                 R"("data_offsets":[0,16]},"fc1.weight":{"dtype":"F32",)"
                                 R"("shape":[2,2],"data_offsets":[16,32]},"h.0.attn.bias":)"
                                 R"({"dtype":"F32","shape":[1,1,1,1],"data_offsets":[32,36]}})",
                                 std::string(36, '\0')));
  const ModelShape shape = read_model(folder / "a.safetensors");
  CHECK(shape.params() == 4);
  CHECK(shape.stored_bytes == 36);
}

TEST_CASE("experts are counted by their numbers, and in stacks by slices") {
  const TestFolder folder;
  folder.write("a.safetensors",
               f32_file_of({{"model.layers.0.mlp.experts.0.up_proj.weight", {32, 64}},
                            {"model.layers.0.mlp.experts.3.up_proj.weight", {32, 64}}}));
  CHECK(read_model(folder / "a.safetensors").experts == 4);
  folder.write("b.safetensors",
               f32_file_of({{"model.layers.0.mlp.experts.gate_up_proj", {8, 64, 96}}}));
  const ModelShape stack = read_model(folder / "b.safetensors");
  CHECK(stack.experts == 8);
  CHECK(stack.parts.front().count == 8);
  CHECK(stack.parts.front().expert);
}

TEST_CASE("quantized weights in a layout that is not read say nothing, but their config does") {
  const TestFolder folder;
  folder.write("q.safetensors", one_tensor("model.layers.0.self_attn.q_proj.qweight", "I32",
                                           "[2,2]", std::string(16, '\0')));
  CHECK_THAT(error_of(folder / "q.safetensors"),
             ContainsSubstring("is quantized in a way that is not read") &&
                 ContainsSubstring("'model.layers.0") && ContainsSubstring("give the config.json"));
  folder.write("config.json", kConfig);
  const ModelShape shape = read_model(folder.path());
  CHECK(shape.source == "config.json");
  CHECK(shape.stored_bytes == 16);
}

TEST_CASE("a header counts the weights that its containers mean, and the bytes of all parts") {
  const TestFolder folder;
  const std::string name = "model.layers.0.mlp.down_proj.weight";
  const std::string header = "{\"" + name +
                             R"(":{"dtype":"F8_E4M3","shape":[2,4],"data_offsets":[0,8]},")" +
                             name + R"(_scale":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})";
  folder.write("q.safetensors", safetensors_bytes(header, std::string(12, '\0')));
  const ModelShape shape = read_model(folder / "q.safetensors");
  CHECK(shape.params() == 8);
  CHECK(shape.linear_params() == 8);
  CHECK(shape.stored_bytes == 12);
}

TEST_CASE("a GGUF file tells the sizes of weights of every type, and its key-values the heads") {
  const TestFolder folder;
  constexpr std::uint32_t kIq3S = 21, kF32 = 0;
  const GgufFile file = {
      .keys = {key_text("general.architecture", "llama"), key_u32("llama.embedding_length", 256),
               key_u32("llama.attention.head_count", 4),
               key_u32("llama.attention.head_count_kv", 2)},
      .infos = {info("blk.0.attn_k.weight", {256, 2}, kIq3S, 0),
                info("output_norm.weight", {8}, kF32, 224)},
      .data = std::string(256, '\0')};
  folder.write("a.gguf", file.bytes());
  const ModelShape shape = read_model(folder / "a.gguf");
  CHECK(shape.params() == 520);
  CHECK(shape.linear_params() == 512);
  CHECK(shape.stored_bytes == 220 + 32);
  CHECK((shape.layers == 1 && shape.cache.elements == 2));
  CHECK((shape.hidden == 256 && shape.heads == 4 && shape.kv_heads == 2));
}

TEST_CASE("what is no model is called so, with the nearest name") {
  const TestFolder folder;
  CHECK(read_model("LLAMA-3-8B").name == "Llama-3-8B");
  CHECK_THAT(error_of("lama-3-8b"), ContainsSubstring("did you mean 'llama-3-8b'?"));
  CHECK_THAT(error_of(folder / "config.json"), ContainsSubstring("no such file"));
  CHECK_THAT(error_of("nowhere/"), ContainsSubstring("no such file or folder"));
  folder.write("a.bin", "x");
  CHECK_THAT(error_of(folder / "a.bin"), ContainsSubstring("is no config.json"));
  folder.write("a.safetensors", f32_file_of({{"a.bias", {4}}}));
  CHECK_THAT(error_of(folder / "a.safetensors"), ContainsSubstring("has no linear layer"));
}

}  // namespace qbench
