// SPDX-License-Identifier: Apache-2.0
// llama.cpp's choice of types, tensor by tensor.
#include "harness/memory/mixes.h"

#include "tests/catch.h"

namespace qbench {
namespace {

std::string type(const char* mix, const ModelShape& shape, TensorRole role, std::int64_t layer) {
  for (const Part& part : shape.parts)
    if (part.role == role) return std::string(type_in(*find_mix(mix), shape, part, layer).name);
  return "";
}

std::string fitting(const char* mode, std::int64_t k) {
  return std::string(fitting_type(*find_mode(mode), k).name);
}

}  // namespace

TEST_CASE("Q4_K_M raises v and down in an eighth of the layers at either end and a third between") {
  const ModelShape shape = shape_of(*find_model("llama-3-8b"));
  std::string raised;
  for (std::int64_t i = 0; i < 32; ++i)
    raised += type("Q4_K_M", shape, TensorRole::down, i) == "q6_k" ? '+' : '-';
  CHECK(raised == "++++--+--+--+--+--+--+--+--+++++");
  CHECK(type("Q4_K_M", shape, TensorRole::value, 0) == "q6_k");
  CHECK(type("Q4_K_M", shape, TensorRole::query, 0) == "q4_k");
}

TEST_CASE("a value projection that many heads share is kept finer") {
  const ModelShape shared = shape_of(*find_model("llama-3-8b"));
  const ModelShape own = shape_of(*find_model("llama-2-7b"));
  CHECK(type("Q2_K", shared, TensorRole::value, 9) == "q4_k");
  CHECK(type("Q2_K", own, TensorRole::value, 9) == "q3_k");
  CHECK(type("IQ4_XS", shared, TensorRole::value, 9) == "q5_k");
  CHECK(type("IQ4_XS", own, TensorRole::value, 9) == "iq4_xs");
  const ModelShape large = shape_of(*find_model("llama-2-70b"));
  CHECK(type("Q4_K_S", large, TensorRole::value, 40) == "q5_k");
  CHECK(type("Q4_K_M", large, TensorRole::value, 0) == "q6_k");
  CHECK(type("Q4_K_S", shape_of(*find_model("llama-65b")), TensorRole::value, 40) == "q4_k");
}

TEST_CASE("rows that do not fill a type's blocks have another type, at last F16") {
  CHECK(fitting("q4_k", 4096) == "q4_k");
  CHECK(fitting("q4_k", 4544) == "q5_0");
  CHECK(fitting("q5_k", 896) == "q5_1");
  CHECK(fitting("q6_k", 896) == "q8_0");
  CHECK(fitting("q2_k", 896) == "q4_0");
  CHECK(fitting("iq4_xs", 896) == "iq4_nl");
  CHECK(fitting("tq1_0", 896) == "q4_0");
  CHECK(fitting("tq2_0", 896) == "q4_0");
  CHECK(fitting("q4_k", 97) == "fp16");
  CHECK(fitting("fp16", 97) == "fp16");
}

TEST_CASE("file types are found by name and by llama-quantize's short name, in any case") {
  CHECK(find_mix("q4_k_m")->name == "Q4_K_M");
  CHECK(find_mix("Q4_K")->name == "Q4_K_M");
  CHECK(find_mix("q2_k")->name == "Q2_K");
  CHECK(find_mix("nf4") == nullptr);
  CHECK(find_mix("") == nullptr);
  for (const Mix& mix : all_mixes()) {
    CAPTURE(mix.name);
    CHECK(find_mode(mix.base) != nullptr);
    CHECK(find_mode(mix.head) != nullptr);
    for (const MixRule& rule : mix.rules) CHECK(find_mode(rule.type) != nullptr);
  }
}

TEST_CASE("mixes are known for dense models with q, k and v apart and a gated MLP") {
  CHECK(why_no_mixes(shape_of(*find_model("qwen2.5-7b"))).empty());
  CHECK(why_no_mixes(shape_of(*find_model("mixtral-8x7b"))) == "it has experts");
  CHECK_FALSE(why_no_mixes(shape_of(*find_model("falcon-7b"))).empty());
  CHECK_FALSE(why_no_mixes(shape_of(*find_model("opt-350m"))).empty());
}

}  // namespace qbench
