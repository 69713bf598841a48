// SPDX-License-Identifier: Apache-2.0
// The page of verb memory, and its command line.
#include "harness/memory/memory_page.h"

#include <regex>
#include <sstream>

#include "harness/memory/memory.h"
#include "tests/harness/cli/command_line.h"
#include "tests/suites/checkpoints/checkpoints.h"
#include "tests/suites/checkpoints/test_folder.h"

namespace qbench {
namespace {

using namespace test;

std::string page(const char* model, const Use& use = {}, std::vector<std::string> modes = {}) {
  return memory_text({.model = model, .modes = std::move(modes), .use = use});
}

}  // namespace

TEST_CASE("the page of every known model is at most 100 columns by 40 lines") {
  for (const Model& model : all_models())
    for (const Use& use : {Use{}, Use{.lora_rank = 64, .optimizer = kOptimizers[2]}}) {
      std::istringstream text(page(std::string(model.name).c_str(), use));
      int lines = 0;
      for (std::string line; std::getline(text, line); ++lines) {
        CAPTURE(model.name, line);
        CHECK(line.size() <= kMemoryWidth);
      }
      CAPTURE(model.name);
      CHECK(lines <= 40);
    }
}

TEST_CASE("the page fits 80 columns, and tells what its table leaves out below it") {
  for (const Model& model : all_models()) {
    const std::string text =
        memory_text({.model = std::string(model.name), .modes = {}, .use = {}}, 80);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      CHECK(line.size() <= 80);
    }
  }
  const std::string text = memory_text({.model = "llama-3-8b", .modes = {}, .use = {}}, 80);
  CHECK_THAT(text, !ContainsSubstring("at the peak"));
  CHECK_THAT(text, ContainsSubstring("\nnf4 nf4-dq, prompt +0.537: "));
  CHECK_THAT(page("llama-3-8b"), ContainsSubstring("\nprompt +0.537: "));
}

TEST_CASE(
    "files and a config that are at odds are told on the page, all that differs in one line") {
  const TestFolder folder;
  folder.write("model.safetensors",
               f32_file_of({{"model.embed_tokens.weight", {100, 64}},
                            {"model.layers.0.mlp.down_proj.weight", {64, 96}}}));
  folder.write("config.json",
               R"({"model_type":"llama","hidden_size":64,"intermediate_size":96,"vocab_size":100,)"
               R"("num_attention_heads":4,"num_hidden_layers":3,"tie_word_embeddings":false})");
  std::string text = page(folder.path().c_str());
  std::erase(text, '\n');
  text = std::regex_replace(text, std::regex(" +"), " ");
  CHECK_THAT(text, ContainsSubstring("at odds: 1 layer in the files, by which weights count, and 3 "
                                     "in config.json, by which the KV cache does; no head in the "
                                     "files"));
}

TEST_CASE("one of a thing is in the singular") {
  CHECK_THAT(page("llama-3-8b", {.context = 1}), ContainsSubstring("1 sequence of 1 token\n"));
}

TEST_CASE("a row has weights, cache, resident, peak, its moment and a card") {
  CHECK_THAT(page("llama-3-8b"),
             ContainsSubstring("nf4           6.0050   3.490   0.436   2.102   0.537    6.565    "
                               "7.101  prompt +0.537    8 GB\n"));
  CHECK_THAT(page("llama-3-8b"), ContainsSubstring("Q4_K_M        4.8944"));
}

TEST_CASE("the page says by whose rule the rest stays as it is, and what is alive at the peak") {
  const std::string text = page("llama-3-8b");
  CHECK_THAT(text, ContainsSubstring("int8 nf4 nf4-dq, by transformers + bitsandbytes: linear"));
  CHECK_THAT(text, ContainsSubstring("by llama.cpp: all matrices"));
  CHECK_THAT(text, ContainsSubstring("gate_proj 14336x4096 dequantized to 16 bit"));
  CHECK_THAT(page("mixtral-8x7b"), ContainsSubstring("one type throughout"));
  CHECK_THAT(page("mixtral-8x7b"), ContainsSubstring("at 16\n    bit without a word"));
}

TEST_CASE("what is larger than every card, and what is smaller than a GB, are told so") {
  CHECK_THAT(page("llama-3-70b", {.context = 131072, .batch = 8}), ContainsSubstring("> 192 GB"));
  CHECK_THAT(page("opt-350m", {.context = 16}), ContainsSubstring("\nMB "));
}

TEST_CASE("amounts have three digits and more") {
  CHECK(amount(0, kGigabytes) == "0.000");
  CHECK(amount(1.2345e9, kGigabytes) == "1.234");
  CHECK(amount(12.345e9, kGigabytes) == "12.35");
  CHECK(amount(123.45e9, kGigabytes) == "123.5");
  CHECK(amount(5e5, kMegabytes) == "0.500");
}

TEST_CASE("memory's options mean what they say, and have defaults") {
  const MemoryQuestion plain = good({"memory", "llama-3-8b"}).memory;
  CHECK(plain.model == "llama-3-8b");
  CHECK(plain.modes.empty());
  CHECK((plain.use.context == 4096 && plain.own_context));
  CHECK(plain.use.batch == 1);
  CHECK(plain.use.cache.name == "fp16");
  CHECK(plain.use.lora_rank == 0);
  const MemoryQuestion question = good({"memory", "x", "--modes", "nf4,Q4_K_M", "--context", "8192",
                                        "--batch", "4", "--kv-dtype", "q8_0"})
                                      .memory;
  CHECK(question.modes == std::vector<std::string>{"nf4", "Q4_K_M"});
  CHECK((question.use.context == 8192 && !question.own_context));
  CHECK(question.use.batch == 4);
  CHECK(question.use.cache.bits == 8.5);
  const MemoryQuestion tuned =
      good({"memory", "x", "--lora-rank", "16", "--optimizer", "paged-adamw-8bit"}).memory;
  CHECK(tuned.use.lora_rank == 16);
  CHECK(tuned.use.optimizer.paged);
  CHECK(good({"memory", "--published"}).memory.published);
}

TEST_CASE("a context that nobody asked for is no longer than the positions of the model") {
  const TestFolder folder;
  folder.write("config.json", R"({"model_type":"gpt2","n_layer":2,"n_embd":64,"n_head":4,
                                  "vocab_size":100,"n_positions":512})");
  const auto text = [&](bool own) {
    return memory_text(
        {.model = folder / "config.json", .modes = {}, .use = {}, .own_context = own});
  };
  CHECK(contains(text(true), "1 sequence of 512 tokens"));
  CHECK(contains(text(false), "1 sequence of 4096 tokens"));
}

TEST_CASE("memory is quiet where it is asked to be") {
  CHECK(good({"memory", "llama-3-8b", "-q"}).memory.model == "llama-3-8b");
}

TEST_CASE("mistakes of memory are one line that says what to do") {
  CHECK(contains(error({"memory"}), "name a model, as in 'memory llama-3-8b'"));
  CHECK(contains(error({"memory", "x", "--published"}), "leave out 'x'"));
  CHECK(contains(error({"memory", "--published", "--modes", "nf4"}), "leave yours out"));
  CHECK(contains(error({"memory", "x", "--context", "0"}), "--context: '0' is not a whole number"));
  CHECK(contains(error({"memory", "x", "--batch", "9999999999"}), "too large"));
  CHECK(contains(error({"memory", "x", "--kv-dtype", "q8_1"}), "did you mean 'q8_0'?"));
  CHECK(contains(error({"memory", "x", "--optimizer", "adamw"}), "give --lora-rank"));
  CHECK(contains(error({"memory", "x", "--lora-rank", "8", "--optimizer", "adam"}), "'adamw'"));
  CHECK(contains(error({"memory", "x", "--lora-rank", "8", "--kv-dtype", "fp8"}), "no cache"));
  CHECK(contains(error({"memory", "x", "--seed", "1"}), "memory does not take --seed"));
}

TEST_CASE("adapters are trained on what can be trained on") {
  CHECK_THAT(page("llama-2-7b", {.lora_rank = 8}), ContainsSubstring("nf4-dq"));
  CHECK_THROWS_WITH(page("llama-2-7b", {.lora_rank = 8}, {"Q4_K_M"}),
                    ContainsSubstring("not on Q4_K_M: leave it out"));
  CHECK_THAT(page("llama-2-7b", {.lora_rank = 8, .optimizer = kOptimizers[2]}),
             ContainsSubstring("leave the GPU"));
}

}  // namespace qbench
