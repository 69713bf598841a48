// SPDX-License-Identifier: Apache-2.0
// Plans as JSON, llama.cpp, compressed-tensors and bitsandbytes take them, and what they cannot
// say.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "harness/model/targets/planned_model.h"
#include "suites/mode_sets.h"
#include "tests/catch.h"

namespace qbench {
namespace {

using Json = nlohmann::json;

std::string layer(int number, const std::string& rest) {
  return "model.layers." + std::to_string(number) + "." + rest + ".weight";
}

PlannedLayer planned(const std::string& tensor, const char* mode, int block_size = 0) {
  const Mode* found = find_mode(mode);
  return {tensor, found, block_size == 0 ? found->block_size : block_size, 1000, 0.01};
}

PlannedModel plan_of(const std::vector<PlannedLayer>& layers) {
  return {.layers = layers,
          .kept = {{"model.embed_tokens.weight", false}, {"lm_head.weight"}},
          .bits_per_param = 4.25,
          .predicted_nmse = 0.01,
          .checked_nmse = 0.011,
          .bound_nmse = 0.009};
}

std::string error(const char* format, const PlannedModel& plan) {
  try {
    find_plan_format(format)->write(plan);
  } catch (const std::invalid_argument& caught) {
    return caught.what();
  }
  return "";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("JSON has the mode of each layer, and the errors of the plan") {
  const Json json = Json::parse(
      plan_json(plan_of({planned(layer(0, "mlp.up_proj"), "nf4", 32),
                         planned("odd \"name\"", "bf16"), planned("last", "int4", kWholeRow)})));
  CHECK(json["bits_per_param"] == 4.25);
  CHECK(json["predicted_sqnr_db"] == 20);
  CHECK(json["checked_sqnr_db"].get<double>() == Approx(19.5861));
  CHECK(json["layers"][layer(0, "mlp.up_proj")]["mode"] == "nf4");
  CHECK(json["layers"][layer(0, "mlp.up_proj")]["block_size"] == 32);
  CHECK(json["layers"]["odd \"name\""]["block_size"].is_null());
  CHECK(json["layers"]["last"]["block_size"] == "row");
}

TEST_CASE("patterns match the names that they were made of, and no others") {
  const std::vector<std::string> names = {"a.0.b.w", "a.11.b.w", "a.2.c.w", "plain", "x.3"};
  const std::vector<std::string> patterns = patterns_of(names);
  CHECK(patterns == std::vector<std::string>{R"(^a\.(0|11)\.b\.w$)", R"(^a\.2\.c\.w$)", "^plain$",
                                             R"(^x\.3$)"});
  const auto matches = [&](const std::string& name) {
    return std::ranges::any_of(patterns, [&](const std::string& pattern) {
      return std::regex_search(name, std::regex(pattern));
    });
  };
  for (const std::string& name : names) CHECK(matches(name));
  for (const char* other : {"a.1.b.w", "a.0xb.w", "a.0.c.w", "plainly", "ba.0.b.w"})
    CHECK_FALSE(matches(other));
}

TEST_CASE("llama.cpp takes types by patterns of GGUF's names, in lower case") {
  const std::string text = plan_for_llama_cpp(plan_of(
      {planned(layer(0, "self_attn.q_proj"), "q4_k"), planned(layer(1, "self_attn.q_proj"), "q4_k"),
       planned(layer(0, "mlp.down_proj"), "q6_k"), planned("blk.1.ffn_down.weight", "bf16"),
       planned(layer(2, "mlp.down_proj"), "mxfp4-ggml")}));
  CHECK(text ==
        "llama-quantize \\\n"
        "  --token-embedding-type f16 \\\n"
        "  --output-tensor-type f16 \\\n"
        "  --tensor-type '^blk\\.(0|1)\\.attn_q\\.weight$=q4_k' \\\n"
        "  --tensor-type '^blk\\.0\\.ffn_down\\.weight$=q6_k' \\\n"
        "  --tensor-type '^blk\\.1\\.ffn_down\\.weight$=bf16' \\\n"
        "  --tensor-type '^blk\\.2\\.ffn_down\\.weight$=mxfp4' \\\n"
        "  MODEL-F16.gguf MODEL-PLAN.gguf Q8_0\n");
}

TEST_CASE("llama.cpp is told the types of what a plan leaves alone and llama.cpp would quantize") {
  PlannedModel plan = plan_of({planned(layer(0, "mlp.up_proj"), "q4_k")});
  plan.kept = {{"model.embed_tokens.weight", false, "q6_k"},
               {layer(1, "mlp.up_proj")},
               {layer(0, "input_layernorm"), false}};
  CHECK(plan_for_llama_cpp(plan) ==
        "llama-quantize \\\n"
        "  --token-embedding-type q6_k \\\n"
        "  --tensor-type '^blk\\.0\\.ffn_up\\.weight$=q4_k' \\\n"
        "  --tensor-type '^blk\\.1\\.ffn_up\\.weight$=f16' \\\n"
        "  MODEL-F16.gguf MODEL-PLAN.gguf Q8_0\n");
}

TEST_CASE("programs of transformers take no plan with names of GGUF") {
  PlannedModel plan = plan_of({planned("blk.0.ffn_up.weight", "nf4")});
  plan.of_gguf = true;
  for (const char* program : {"bitsandbytes", "compressed-tensors"})
    CHECK(has(error(program, plan), "plan for the safetensors files that it was made of"));
}

TEST_CASE("every program takes plans of the modes that are advised for it") {
  for (const PlanFormat& format : plan_formats()) {
    std::istringstream modes{std::string(format.modes)};
    for (std::string set; std::getline(modes, set, ',');)
      for (const Mode* mode : modes_of(std::vector{set})) {
        if (!mode->quantized()) continue;
        const std::string why = error(
            format.name.data(), plan_of({planned(layer(0, "mlp.up_proj"), mode->name.data())}));
        CAPTURE(format.name, mode->name, why);
        CHECK_FALSE(has(why, " has no "));
      }
  }
}

TEST_CASE("what llama.cpp cannot express is refused by name") {
  CHECK(has(error("llama.cpp", plan_of({planned(layer(0, "mlp.up_proj"), "nf4")})),
            "llama.cpp has no type for nf4"));
  CHECK(has(error("llama.cpp", plan_of({planned("odd.weight", "q4_k")})),
            "odd.weight has no name in GGUF"));
}

TEST_CASE("compressed-tensors has a group a scheme, with the scheme of each mode") {
  const Json json = Json::parse(plan_for_compressed_tensors(
      plan_of({planned(layer(0, "mlp.up_proj"), "int4"), planned(layer(1, "mlp.up_proj"), "int4"),
               planned(layer(2, "mlp.up_proj"), "bf16"), planned(layer(3, "mlp.up_proj"), "nvfp4"),
               planned(layer(4, "mlp.up_proj"), "fp8-row")})));
  CHECK(json["quant_method"] == "compressed-tensors");
  CHECK(json["format"] == "mixed-precision");
  CHECK(json["ignore"] == Json({"lm_head", "model.layers.2.mlp.up_proj"}));
  const Json& first = json["config_groups"]["group_0"];
  CHECK(first["targets"] == Json({R"(re:^model\.layers\.(0|1)\.mlp\.up_proj$)"}));
  CHECK(first["weights"] == Json::parse(R"({"num_bits": 4, "type": "int", "symmetric": false,
                                            "strategy": "group", "group_size": 128})"));
  CHECK(first["format"] == "pack-quantized");
  CHECK(json["config_groups"]["group_1"]["format"] == "nvfp4-pack-quantized");
  CHECK(json["config_groups"]["group_1"]["weights"]["strategy"] == "tensor_group");
  CHECK(json["config_groups"]["group_2"]["weights"]["strategy"] == "channel");
}

TEST_CASE("compressed-tensors has exactly the modes that its schemes describe") {
  std::vector<std::string> known;
  for (const Mode* mode : all_modes())
    if (mode->quantized() &&
        error("compressed-tensors", plan_of({planned("a.weight", mode->name.data())})).empty())
      known.emplace_back(mode->name);
  for (const char* mode :
       {"int4", "int4-sym", "int8-sym", "int8-row", "int4-mse", "fp8", "fp8-row", "fp8-128x128",
        "mxfp8", "mxfp4", "mxfp4-even", "nvfp4", "nvfp4-46", "q4_0"}) {
    CAPTURE(mode);
    CHECK(std::ranges::find(known, mode) != known.end());
  }
  for (const char* mode : {"nf4", "int8", "int4-hqq", "q4_k", "q4_1", "mxfp6", "fp8-e5m2",
                           "nvfp4-1l", "nvfp4-16x16", "b1.58", "binary"}) {
    CAPTURE(mode);
    CHECK(std::ranges::find(known, mode) == known.end());
  }
}

TEST_CASE("bitsandbytes takes one quantized mode and the modules to skip") {
  const PlannedModel plan =
      plan_of({planned(layer(0, "mlp.up_proj"), "nf4-dq"), planned(layer(1, "mlp.up_proj"), "bf16"),
               planned(layer(2, "mlp.up_proj"), "nf4-dq")});
  CHECK(Json::parse(plan_for_bitsandbytes(plan)) == Json::parse(R"(
      {"load_in_4bit": true, "bnb_4bit_quant_type": "nf4", "bnb_4bit_use_double_quant": true,
       "llm_int8_skip_modules": ["lm_head", "model.layers.1.mlp.up_proj"]})"));
}

TEST_CASE("a plan of several modes is refused for bitsandbytes in words that say so") {
  const std::string two = error(
      "bitsandbytes",
      plan_of({planned(layer(0, "mlp.up_proj"), "nf4"), planned(layer(1, "mlp.up_proj"), "int8")}));
  CHECK(has(two, "bitsandbytes holds one quantized mode a model, and the plan has nf4, int8"));
  CHECK(has(
      error("bitsandbytes", plan_of({planned("a.weight", "nf4"), planned("b.weight", "nf4", 32)})),
      "nf4, nf4 32"));
  CHECK(has(error("bitsandbytes", plan_of({planned("a.weight", "q4_k")})), "has no q4_k"));
  CHECK(
      has(error("bitsandbytes", plan_of({planned("a.weight", "nf4", 128)})), "blocks of 64 only"));
  CHECK(has(error("bitsandbytes", plan_of({planned("a.weight", "bf16")})), "quantizes nothing"));
}

}  // namespace qbench
