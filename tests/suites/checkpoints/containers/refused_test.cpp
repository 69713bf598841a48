// SPDX-License-Identifier: Apache-2.0
// What is wrong with a module is said in one line, and layouts that are not read are named.
#include "suites/checkpoints/safetensors/safetensors_header.h"
#include "suites/checkpoints/tensors/stored_tensor.h"
#include "tests/suites/checkpoints/containers/modules.h"

using namespace qbench;
using namespace qbench::test;

namespace {

struct Part {
  std::string name, dtype;
  TensorShape shape;
  std::string bytes = {};  // zeros where it is empty
};

std::int64_t size_of(const Part& part) {
  std::int64_t bytes = part.dtype.ends_with("64")   ? 8
                       : part.dtype.ends_with("32") ? 4
                       : part.dtype.ends_with("16") ? 2
                                                    : 1;
  for (const std::int64_t side : part.shape) bytes *= side;
  return bytes;
}

std::vector<NewTensor> tensors_of(const std::vector<Part>& parts) {
  std::vector<NewTensor> tensors;
  for (const Part& part : parts) {
    const std::string bytes = part.bytes.empty()
                                  ? std::string(static_cast<std::size_t>(size_of(part)), '\0')
                                  : part.bytes;
    tensors.push_back(new_tensor("m", part.name, part.dtype, part.shape,
                                 copied(std::as_bytes(std::span(bytes)))));
  }
  return tensors;
}

std::string problem(const std::vector<Part>& parts, const std::string& json = "") {
  const std::vector<NewTensor> tensors = tensors_of(parts);
  const Tensor tensor =
      stored_tensor("m.weight", module_of(tensors, json.empty() ? nullptr : config(json)));
  return tensor.unusable();
}

void check_case(const std::vector<Part>& parts, const std::string& json, const std::string& words) {
  const std::string why = problem(parts, json);
  CAPTURE(why, words);
  CHECK(why.find('\n') == why.npos);
  CHECK(why.find(words) != why.npos);
}

const std::string kGptqJson =
    R"({"quant_method":"gptq","bits":4,"group_size":32,"checkpoint_format":"gptq"})";

std::vector<Part> gptq() {
  return {{"qweight", "I32", {8, 16}},
          {"qzeros", "I32", {2, 2}},
          {"scales", "F16", {2, 16}},
          {"g_idx", "I32", {64}}};
}

std::vector<Part> nf4(const std::string& state) {
  const auto size = static_cast<std::int64_t>(state.size());
  const Codebook& levels = std::get<Codebook>(find_mode("nf4")->format.codec);
  const std::string map(reinterpret_cast<const char*>(levels.values.data()), 64);
  return {{"weight", "U8", {32, 1}},
          {"weight.absmax", "F32", {1}},
          {"weight.quant_map", "F32", {16}, map},
          {"weight.quant_state.bitsandbytes__nf4", "U8", {size}, state}};
}

const std::string kState =
    R"({"quant_type": "nf4", "blocksize": 64, "dtype": "float16", "shape": [1, 64]})";

}  // namespace

TEST_CASE("GPTQ's contradictions are named") {
  CHECK(problem(gptq(), kGptqJson).empty());
  check_case(gptq(), "", "give its config.json or quantize_config.json");
  std::vector<Part> parts = gptq();
  parts[0].shape = {9, 16};
  check_case(parts, kGptqJson, "agree at no width");
  parts = gptq();
  parts[0].dtype = "I16";
  check_case(parts, kGptqJson, "its 'qweight' is I16, not I32");
  parts = gptq();
  parts[1].dtype = "F32";
  check_case(parts, kGptqJson, "its 'qzeros' is F32, not I32");
  parts = gptq();
  parts[2] = {"scales", "I32", {2, 16}};
  check_case(parts, kGptqJson, "its 'scales' is I32, not F16 or BF16 or F32");
  parts = gptq();
  parts[3].bytes = std::string(63 * 4, '\0') + std::string("\2\0\0\0", 4);
  check_case(parts, kGptqJson, "its g_idx names group 2 of 2");
  parts[3].bytes = std::string(63 * 4, '\0') + std::string("\xff\xff\xff\xff", 4);
  check_case(parts, kGptqJson, "its g_idx names group -1 of 2");
  parts = gptq();
  parts.pop_back();
  parts.erase(parts.begin() + 1);
  check_case(parts, kGptqJson, "its 'qzeros' is missing");
}

TEST_CASE("GPTQ's width may differ from the config's for one module") {
  std::vector<Part> parts = gptq();
  parts[0].shape = {16, 16};
  parts[1].shape = {2, 4};
  CHECK(problem(parts, kGptqJson).empty());
  const std::vector<NewTensor> tensors = tensors_of(parts);
  CHECK(stored_tensor("m.weight", module_of(tensors, config(kGptqJson))).dtype ==
        "gptq int8 g32 act-order");
}

TEST_CASE("layouts that are made for kernels are named and refused") {
  const auto gptq_as = [](const std::string& format) {
    return R"({"quant_method":"gptq","bits":4,"group_size":32,"checkpoint_format":")" + format +
           "\"}";
  };
  check_case(gptq(), gptq_as("marlin"), "Marlin's kernel layout is not read");
  check_case(gptq(), gptq_as("bitblas"), "BitBLAS' kernel layout is not read");
  check_case(gptq(), gptq_as("gptq_p"), "GPTQModel's planar layout is not read");
  const auto awq_as = [](const std::string& version) {
    return R"({"quant_method":"awq","bits":4,"group_size":32,"version":")" + version + "\"}";
  };
  check_case(gptq(), awq_as("GEMV"), "AWQ's layout of the kernel gemv is not read");
  check_case(gptq(), awq_as("gemv_fast"), "AWQ's layout of the kernel gemv_fast is not read");
  check_case(gptq(), awq_as("llm-awq"), "llm-awq's kernel layout is not read");
  const auto compressed_as = [](const std::string& format) {
    return R"({"quantization_config":{"quant_method":"compressed-tensors","format":")" + format +
           "\"}}";
  };
  const std::vector<Part> packed = {{"weight_packed", "I32", {4, 8}}, {"scale_packed", "F16", {4}}};
  check_case(packed, compressed_as("marlin-24"),
             "compressed-tensors' kernel layout marlin-24 is not read");
  check_case(packed, compressed_as("sparse-24-bitmask"), "'sparse-24-bitmask' is not read");
  check_case(packed,
             R"({"quantization":{"quant_algo":"W4A16_AWQ"},"producer":{"name":"modelopt"}})",
             "ModelOpt's W4A16_AWQ is not read");
}

TEST_CASE("AWQ's contradictions are named") {
  const std::string json = R"({"quant_method":"awq","bits":4,"group_size":32,"version":"gemm"})";
  const std::vector<Part> parts = {
      {"qweight", "I32", {64, 2}}, {"qzeros", "I32", {2, 2}}, {"scales", "F16", {2, 16}}};
  CHECK(problem(parts, json).empty());
  CHECK(problem(parts).empty());  // the shapes tell
  std::vector<Part> other = parts;
  other[1].shape = {3, 2};
  check_case(other, json, "its 'qzeros' has shape [3, 2], where the others ask for [2, 2]");
  other = parts;
  other[2].shape = {2, 15};
  check_case(other, json, "its 15 rows are no multiple of 8");
  check_case(parts, R"({"quant_method":"awq","bits":4,"group_size":128})",
             "its 2 groups are not those of 64 columns in groups of 128");
}

TEST_CASE("compressed-tensors' contradictions are named") {
  const auto parts = [](std::int64_t words, std::int64_t k) {
    std::string shape(16, '\0');
    shape[0] = 4;
    shape[8] = static_cast<char>(k);
    return std::vector<Part>{{"weight_packed", "I32", {4, words}},
                             {"weight_scale", "F16", {4, 1}},
                             {"weight_shape", "I64", {2}, shape}};
  };
  CHECK(problem(parts(8, 64)).empty());
  check_case(parts(9, 64), "", "64 columns of 2 to 8 bits do not fill 9 words");
  check_case(parts(8, 0), "", "its weight_shape is not that of its 4 rows of 8 words");
  check_case(parts(16, 64), "",
             "the width of its codes: give its config.json");  // 8, or 7 in fields
  auto wrong = parts(8, 64);
  wrong[1].dtype = "I8";
  check_case(wrong, "", "its 'weight_scale' is I8");
  wrong = parts(8, 64);
  wrong.push_back({"weight_zero_point", "I32", {2, 1}});
  check_case(wrong, "",
             "its 'weight_zero_point' has shape [2, 1], where the others ask for [1, 1]");
  check_case({{"weight", "F8_E4M3", {200, 300}}, {"weight_scale", "F32", {3, 3}}}, "",
             "its 'weight_scale' of shape [3, 3] does not fit weights of shape [200, 300]");
  check_case({{"weight_packed", "U8", {4, 8}}, {"weight_scale", "F8_E4M3", {4, 1}}}, "",
             "are those of no layout that is read");
  check_case({{"weight", "F8_E4M3", {0, 8}}, {"weight_scale", "F32", {1}}}, "", "has no elements");
}

TEST_CASE("a weight whose activations are multiplied by numbers of its own is refused") {
  const std::vector<Part> fp8 = {{"weight", "F8_E4M3", {2, 4}}, {"weight_scale", "F32", {1}}};
  CHECK(problem(fp8).empty());
  std::vector<Part> scaled = fp8;
  scaled.push_back({"pre_quant_scale", "F16", {4}});
  check_case(scaled, "", "its activations are multiplied by 'pre_quant_scale'");
}

TEST_CASE(
    "experts whose scales are not those of their slices are refused, and so are shared tiles") {
  const auto experts = [](const TensorShape& codes, const TensorShape& scales) {
    return std::vector<Part>{{"", "F8_E4M3", codes}, {"_scale_inv", "F32", scales}};
  };
  CHECK(problem(experts({3, 128, 128}, {3, 1, 1})).empty());
  CHECK(problem(experts({3, 256, 64}, {3, 2, 1})).empty());
  CHECK(problem(experts({3, 64, 64}, {3, 1, 1})).empty());
  check_case(experts({3, 192, 64}, {3, 2, 1}), "",
             "scaled: its slices of 192 rows are no whole tiles of 128, and are not read");
  check_case(
      experts({3, 128, 128}, {2, 1, 1}), "",
      "scaled: its '_scale_inv' of shape [2, 1, 1] does not fit weights of shape [3, 128, 128]");
  check_case(experts({3, 128, 128}, {3, 1}), "", "does not fit weights of shape [3, 128, 128]");
  check_case(experts({2, 3, 128, 128}, {2, 3, 1, 1}), "", "its 'codes' has rank 4");
}

TEST_CASE("NVFP4's and gpt-oss' contradictions are named") {
  check_case({{"weight", "U8", {4, 8}},
              {"weight_scale", "F8_E4M3", {4, 2}},
              {"weight_scale_2", "F32", {}}},
             "", "its 'weight_scale' has shape [4, 2], where the others ask for [4, 1]");
  check_case({{"weight", "U8", {4, 8}},
              {"weight_scale", "F8_E4M3", {4, 1}},
              {"weight_scale_2", "F32", {2}}},
             "", "its 'weight_scale_2' is not one number");
  check_case({{"_blocks", "U8", {2, 3, 4, 8}}, {"_scales", "U8", {2, 3, 4}}}, "",
             "its '_blocks' has blocks of 8 bytes, not 16");
  check_case({{"_blocks", "U8", {2, 3, 4, 16}}, {"_scales", "U8", {2, 3, 5}}}, "",
             "its '_scales' has shape [2, 3, 5], where the others ask for [2, 3, 4]");
}

TEST_CASE("bitsandbytes' contradictions are named") {
  CHECK(problem(nf4(kState)).empty());
  const auto with = [](const std::string& from, const std::string& to) {
    std::string state = kState;
    return nf4(state.replace(state.find(from), from.size(), to));
  };
  check_case(with("nf4", "nf5"), "", "its quant_type is 'nf5', not nf4 or fp4");
  check_case(with("nf4", "fp4"), "", "its quant_type contradicts its name");
  check_case(with("64,", "0,"), "", "'blocksize' of its quant_state is not a number of at least 1");
  check_case(with("[1, 64]", "[1, 65]"), "", "its 'weight' has 32 bytes, where 65 weights need 33");
  check_case(with("[1, 64]", "[1]"), "", "'shape' of its quant_state is not two numbers");
  check_case(with("[1, 64]", "[4000000000000, 4000000]"), "", "'shape' of its quant_state");
  check_case(with("[1, 64]", "[1000000000000, 1000000000000]"), "", "its shape overflows");
  check_case(with("[1, 64]", "[0, 64]"), "", "has no elements");
  check_case(nf4("{"), "", "its quant_state is not the JSON that bitsandbytes writes");
  check_case(nf4("[]"), "", "its quant_state is not the JSON that bitsandbytes writes");
  std::vector<Part> parts = nf4(kState);
  parts[1].shape = {2};
  check_case(parts, "", "its 'weight.absmax' has shape [2], where the others ask for [1]");
  parts = nf4(kState);
  parts[2].bytes = std::string(64, '\0');
  check_case(parts, "", "its 'weight.quant_map' is not that of its quant_type");
  check_case({{"weight", "I8", {4, 8}}, {"SCB", "F32", {5}}}, "",
             "its 'SCB' has shape [5], where the others ask for [4]");
  check_case({{"weight", "I8", {4, 8}}, {"SCB", "F32", {4}}, {"weight_format", "U8", {}, "\1"}}, "",
             "its 'weight_format' is not 0");
}

TEST_CASE("containers refuse to pack what they cannot hold") {
  for (const Container* container : all_containers()) {
    const Mode& mode = *find_mode("twn");
    const StoredWeight weight = room_for({.format = std::make_shared<const Format>(mode.format),
                                          .block_size = mode.block_size,
                                          .shape = {2, 256},
                                          .text = ""});
    CAPTURE(container->name);
    CHECK_THROWS_AS(container->pack(weight, "m"), std::runtime_error);
  }
}
