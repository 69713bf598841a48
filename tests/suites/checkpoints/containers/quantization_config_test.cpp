// SPDX-License-Identifier: Apache-2.0
// What the files beside a checkpoint say of quantization.
#include "suites/checkpoints/containers/quantization_config.h"

#include <stdexcept>

#include "tests/suites/checkpoints/checkpoints.h"
#include "tests/suites/checkpoints/containers/modules.h"

using namespace qbench;
using namespace qbench::test;

namespace {

std::string error_of(const std::string& json) {
  try {
    config(json);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("the config of transformers is read, and those of AutoGPTQ, AutoAWQ and ModelOpt") {
  const auto gptq = config(R"({"quantization_config":{"quant_method":"GPTQ","bits":3,)"
                           R"("group_size":-1,"checkpoint_format":"gptq_v2"}})");
  CHECK((gptq->method == "gptq" && gptq->bits == 3 && gptq->group_size == -1));
  CHECK(gptq->format == "gptq_v2");
  const auto old = config(R"({"bits":4,"group_size":128,"desc_act":false})");
  CHECK((old->method == "gptq" && old->format.empty() && old->group_size == 128));
  const auto awq = config(R"({"zero_point":true,"q_group_size":64,"w_bit":4,"version":"GEMM"})");
  CHECK((awq->method == "awq" && awq->bits == 4 && awq->group_size == 64));
  CHECK(awq->format == "gemm");
  const auto modelopt = config(R"({"producer":{},"quantization":{"quant_algo":"NVFP4"}})");
  CHECK((modelopt->method == "modelopt" && modelopt->format == "nvfp4"));
  const auto part = config(R"({"text_config":{"quantization_config":{"quant_method":"fp8",)"
                           R"("weight_block_size":[128,64]}}})");
  CHECK(part->block_of("any") == std::vector<std::int64_t>{128, 64});
}

TEST_CASE("a config without quantization says nothing") {
  CHECK(config(R"({"architectures":["LlamaForCausalLM"]})") == nullptr);
  CHECK(config("{}") == nullptr);
  CHECK(config(R"({"quantization_config":null})") == nullptr);
}

TEST_CASE("groups of compressed-tensors are found by name, by pattern, else by class") {
  const auto settings = [](const std::string& targets, int bits) {
    return R"({"targets":[")" + targets + R"("],"weights":{"num_bits":)" + std::to_string(bits) +
           "}}";
  };
  const auto all = config(R"({"quantization_config":{"quant_method":"compressed-tensors",)"
                          R"("format":"pack-quantized","version":"0.20.1","config_groups":{"a":)" +
                          settings("Linear", 4) + R"(,"b":)" + settings("re:.*down_proj", 8) +
                          R"(,"c":)" + settings("model.layers.1.up_proj", 3) + "}}}");
  CHECK(all->format == "pack-quantized");
  CHECK(all->bits_of("model.layers.0.up_proj") == 4);
  CHECK(all->bits_of("model.layers.0.down_proj") == 8);
  CHECK(all->bits_of("model.layers.1.up_proj") == 3);
}

TEST_CASE("a config that is broken is refused with one line") {
  CHECK(error_of("{") ==
        "is not valid JSON: syntax error while parsing object key - unexpected "
        "end of input; expected string literal");
  CHECK(error_of("[]") == "is not an object");
  CHECK(error_of(R"({"quantization_config":7})") == "'quantization_config' is not an object");
  CHECK(error_of(R"({"quantization_config":{"bits":"4"}})") ==
        "'bits' is not a whole number from -1 on");
  CHECK(error_of(R"({"quantization_config":{"bits":1e99}})") ==
        "'bits' is not a whole number from -1 on");
  CHECK(error_of(R"({"quantization_config":{"quant_method":4}})") ==
        "'quant_method' is not a text");
  CHECK(error_of(R"({"quantization_config":{"weight_block_size":[128]}})") ==
        "'weight_block_size' is not two numbers of at least 1");
  CHECK(error_of(R"({"quantization_config":{"weight_block_size":[0,1]}})") ==
        "'weight_block_size' is not two numbers of at least 1");
  CHECK(error_of(R"({"quantization_config":{"config_groups":{"a":{"targets":[1]}}}})") ==
        "'targets' holds what is not a text");
  CHECK(error_of(std::string(100, '[')) == "nested too deeply");
}

TEST_CASE("the first file of a folder that says something is read, and named in errors") {
  const TestFolder folder;
  folder.write("config.json", "{}");
  folder.write("quantize_config.json", R"({"bits":8})");
  CHECK(quantization_config_in(folder.path())->bits == 8);
  folder.write("config.json", "{");
  CHECK_THROWS_WITH(quantization_config_in(folder.path()),
                    ContainsSubstring("config.json: is not valid JSON"));
  CHECK(quantization_config_in(folder.path() + "/none") == nullptr);
}
