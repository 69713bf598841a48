// SPDX-License-Identifier: Apache-2.0
// Bytes of models by hand, and what is alive at the peak.
#include "harness/memory/estimate.h"

#include <stdexcept>

#include "tests/catch.h"

namespace qbench {
namespace {

ModelShape shape(const char* name) { return shape_of(*find_model(name)); }

Recipe recipe(const ModelShape& shape, const std::string& name) {
  const std::string names[] = {name};
  return recipes_of(names, shape).front();
}

Estimate of(const char* model, const std::string& mode, const Use& use = {}) {
  const ModelShape s = shape(model);
  return estimate(s, recipe(s, mode), use);
}

std::string error_of(const char* model, const std::string& mode) {
  try {
    const std::string names[] = {mode};
    recipes_of(names, shape(model));
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

// Two layers, without a head.
ModelShape small() {
  return shape_of("small", {.layers = 2,
                            .hidden = 64,
                            .intermediate = 256,
                            .heads = 4,
                            .kv_heads = 2,
                            .head_dim = 16,
                            .vocab = 1000,
                            .tied = true});
}

}  // namespace

TEST_CASE("weights are as published for linears in a mode and the rest in 16 bit") {
  struct Row {
    const char* model;
    double bf16, nf4, nf4_dq, int8;
  };
  const Row rows[] = {{"opt-350m", .662, .227, .213, .360},
                      {"falcon-7b", 13.843, 4.319, 4.010, 7.222},
                      {"llama-2-7b", 13.477, 4.168, 3.866, 7.006},
                      {"llama-2-13b", 26.032, 7.793, 7.201, 13.352},
                      {"llama-2-70b", 137.953, 39.555, 36.363, 69.529},
                      {"llama-65b", 130.571, 37.479, 34.459, 65.838},
                      {"llama-3-8b", 16.061, 6.028, 5.702, 9.087},
                      {"mistral-7b", 14.483, 4.451, 4.125, 7.510},
                      {"qwen2.5-7b", 15.231, 5.851, 5.547, 8.712},
                      {"mixtral-8x7b", 93.406, 26.649, 24.484, 47.001}};
  for (const Row& row : rows) {
    CAPTURE(row.model);
    const auto gigabytes = [&](const char* mode) {
      return of(row.model, mode).weights.total() / 1e9;
    };
    CHECK(gigabytes("bf16") == Approx(row.bf16).margin(0.0006));
    CHECK(gigabytes("nf4") == Approx(row.nf4).margin(0.0006));
    CHECK(gigabytes("nf4-dq") == Approx(row.nf4_dq).margin(0.0006));
    CHECK(gigabytes("int8") == Approx(row.int8).margin(0.0006));
  }
}

TEST_CASE("the cache has the keys and values of every token, and of a window the last ones") {
  const CacheShape all = {.layers = 32, .elements = 2048};
  CHECK(cache_bytes(all, {.context = 1000}) == 32.0 * 2048 * 1000 * 2);
  CHECK(cache_bytes(all, {.context = 1000, .batch = 3}) == 3 * 32.0 * 2048 * 1000 * 2);
  CHECK(cache_bytes(all, {.context = 32, .cache = {"q8_0", 8.5}}) == 32.0 * 2048 * 34);
  const CacheShape half = {.layers = 4, .elements = 10, .windowed = 2, .window = 100};
  CHECK(cache_bytes(half, {.context = 1000}) == (2 * 100 + 2 * 1000) * 10 * 2.0);
  CHECK(cache_bytes(half, {.context = 50}) == 4 * 50 * 10 * 2.0);
}

TEST_CASE("resident bytes are weights and cache, and the peak is never below them") {
  for (const char* model : {"llama-3-8b", "mixtral-8x7b", "opt-350m"}) {
    const ModelShape s = shape(model);
    for (const Recipe& each : recipes_of({}, s)) {
      CAPTURE(model, each.name);
      const Estimate e = estimate(s, each, {});
      CHECK(e.resident == e.weights.total() + e.cache);
      CHECK(e.peak().bytes >= e.resident);
      CHECK(e.peak().beside == Approx(e.peak().bytes - e.resident));
    }
  }
}

TEST_CASE(
    "int8 peaks while layers are loaded, or while a long prompt is read; nf4 dequantizes a layer") {
  const Estimate loads = of("llama-3-8b", "int8", {.context = 16});
  CHECK(loads.peak().name == "load");
  CHECK(loads.peak().beside == 2.0 * 14336 * 4096);
  CHECK_THAT(loads.peak().alive, ContainsSubstring("14336x4096 in 16 bit before it is quantized"));
  const Estimate reads = of("llama-3-8b", "nf4", {.context = 4096});
  CHECK(reads.peak().name == "prompt");
  CHECK(reads.peak().beside == 2.0 * 14336 * 4096 + 2.0 * 4096 * (2 * 4096 + 3 * 14336));
  CHECK_THAT(reads.peak().alive, ContainsSubstring("dequantized to 16 bit"));
}

TEST_CASE(
    "kernels that read codes have no copy of a layer, and llama.cpp reads 512 tokens at once") {
  const Estimate packed = of("llama-3-8b", "nvfp4");
  CHECK(packed.peak().beside == 2.0 * 4096 * (2 * 4096 + 3 * 14336));
  const Estimate gguf = of("llama-3-8b", "Q4_K_M");
  CHECK(gguf.peak().beside == 2.0 * 512 * (2 * 4096 + 3 * 14336));
}

TEST_CASE("a batch of short sequences peaks at its logits") {
  const Estimate e = of("llama-3-8b", "bf16", {.context = 1, .batch = 64});
  CHECK(e.peak().name == "logits");
  CHECK(e.peak().beside == 64.0 * 128256 * 4);
}

TEST_CASE("adapters, gradients and states of adapters are as large as their parameters make them") {
  const ModelShape s = small();
  const double params = 8.0 * 2 * ((64 + 64) + 2 * (32 + 64) + (64 + 64) + 3 * (256 + 64));
  Use use = {.context = 10, .lora_rank = 8};
  const Training plain = training_of(s, use);
  CHECK(plain.params == params);
  CHECK(plain.adapters == 4 * params);
  CHECK(plain.gradients == 4 * params);
  CHECK(plain.state == 8 * params);
  CHECK(plain.checkpoints == 2.0 * 2 * 10 * 64);
  use.optimizer = kOptimizers[1];
  CHECK(training_of(s, use).state == params * (2 + 8.0 / 256));
  CHECK(training_of(s, use).total(use.optimizer) == params * (10 + 8.0 / 256));
  use.optimizer = kOptimizers[2];
  CHECK(training_of(s, use).total(use.optimizer) == 8 * params);
  use.optimizer = kOptimizers[3];
  CHECK(training_of(s, use).state == 0);
}

TEST_CASE("training keeps no cache, has the rest in f32 and peaks at the logits of all tokens") {
  const Estimate e = of("llama-3-8b", "nf4", {.context = 512, .lora_rank = 16});
  CHECK(e.cache == 0);
  CHECK(e.weights.rest == Approx(2.0 * of("llama-3-8b", "nf4").weights.rest));
  CHECK(e.peak().name == "logits");
  CHECK(e.peak().beside == 512.0 * 128256 * 10 + 2.0 * 32 * 512 * 4096);
  CHECK(of("llama-3-8b", "bf16", {.lora_rank = 16}).weights.rest ==
        of("llama-3-8b", "bf16").weights.rest);
}

TEST_CASE("double quantization saves 3.02 GB at 65B, as QLoRA says") {
  const double saved =
      of("llama-65b", "nf4").weights.total() - of("llama-65b", "nf4-dq").weights.total();
  CHECK(saved / 1e9 == Approx(3.02).margin(0.005));
}

TEST_CASE("a card is the smallest whose gigabytes hold the bytes") {
  CHECK(smallest_card(8e9)->gigabytes == 8);
  CHECK(smallest_card(8.001e9)->gigabytes == 11);
  CHECK(smallest_card(192e9)->gigabytes == 192);
  CHECK(smallest_card(193e9) == nullptr);
}

TEST_CASE("recipes are modes, sets, file types, their globs and LitGPT's names, each once") {
  const ModelShape s = shape("llama-3-8b");
  const auto names = [&](std::vector<std::string> typed) {
    std::string text;
    for (const Recipe& each : recipes_of(typed, s)) text += each.name + " ";
    return text;
  };
  CHECK(names({"nf4", "NF4", "bnb.nf4"}) == "nf4 bnb.nf4 ");
  CHECK(names({"q4_k", "Q4_K_M", "q4_k_s"}) == "Q4_K_M Q4_K_S ");
  CHECK(names({"Q3_K_*"}) == "Q3_K_L Q3_K_M Q3_K_S ");
  CHECK(names({"q8_0", "tq1_0"}) == "Q8_0 tq1_0 ");
  CHECK(names({"mxfp4*"}).starts_with("mxfp4 mxfp4-rceil "));
  CHECK(names({}).starts_with("bf16 int8 fp8-row nf4 nf4-dq int4 mxfp4 nvfp4 Q8_0 "));
}

TEST_CASE("int8-training holds 3 bytes a linear weight: the codes, and the fp16 they are made of") {
  const ModelShape s = shape("llama-3-8b");
  const ModelWeights once = weigh(s, recipe(s, "bnb.int8")),
                     twice = weigh(s, recipe(s, "int8-training"));
  CHECK(twice.codes == 3 * once.codes);
  CHECK(twice.scales == once.scales);
}

TEST_CASE("where mixes are not known a type is taken throughout, and a mix is an error") {
  CHECK(recipe(shape("mixtral-8x7b"), "q4_k").mix == nullptr);
  CHECK_THAT(error_of("mixtral-8x7b", "Q4_K_M"), ContainsSubstring("it has experts"));
  CHECK(error_of("mixtral-8x7b", "q4*") == "");
  CHECK_THAT(error_of("llama-3-8b", "nf5"), ContainsSubstring("there are nf2, nf3, nf4"));
  CHECK_THAT(error_of("llama-3-8b", "Q4_K_X"), ContainsSubstring("did you mean 'Q4_K_M'?"));
  CHECK_THAT(error_of("llama-3-8b", "bnb.nf5"), ContainsSubstring("there is bnb.nf4"));
}

}  // namespace qbench
