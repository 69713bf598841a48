// SPDX-License-Identifier: Apache-2.0
// Quantized weights of checkpoints: one tensor each, whatever pattern selects it and however its
// parts are split into files.
#include <algorithm>
#include <filesystem>
#include <set>

#include "suites/checkpoints/containers/quantization_config.h"
#include "suites/checkpoints/mapped_file.h"
#include "suites/checkpoints/safetensors/safetensors.h"
#include "suites/checkpoints/tensors/modules.h"
#include "suites/checkpoints/tensors/stored_tensor.h"
#include "suites/checkpoints/tensors/tensor_hash.h"
#include "tests/suites/checkpoints/checkpoints.h"
#include "tests/suites/checkpoints/stored_mode.h"
#include "tests/tree.h"

namespace fs = std::filesystem;
using namespace qbench;
using namespace qbench::test;

namespace {

struct Entry {
  std::string name, dtype, shape, bytes;
};

std::string file_of(const std::vector<Entry>& entries) {
  std::string header, data;
  for (const Entry& entry : entries) {
    header += (header.empty() ? "" : ",") + ("\"" + entry.name) + R"(":{"dtype":")" + entry.dtype +
              R"(","shape":)" + entry.shape + R"(,"data_offsets":[)" + std::to_string(data.size()) +
              "," + std::to_string(data.size() + entry.bytes.size()) + "]}";
    data += entry.bytes;
  }
  return safetensors_bytes("{" + header + "}", data);
}

const std::string kOne("\0\0\x80\x3f", 4), kTwo("\0\0\0\x40", 4);

// Codes 1 and 2 in E4M3 (0x38, 0x40) under a scale of 2.
std::vector<Entry> fp8(const std::string& module) {
  return {{module + ".weight", "F8_E4M3", "[1,2]", "\x38\x40"},
          {module + ".weight_scale", "F32", "[1]", kTwo},
          {module + ".input_scale", "F32", "[1]", kOne}};
}

std::vector<Entry> plus(std::vector<Entry> a, const std::vector<Entry>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace

TEST_CASE("the parts of a weight are one tensor, which is decoded") {
  const TestFolder folder;
  folder.write("a.safetensors", file_of(plus({{"x", "F32", "[1]", kOne}}, fp8("m"))));
  const Checkpoint checkpoint({folder / "a.safetensors"});
  REQUIRE(checkpoint.tensors().size() == 2);
  const Tensor& weight = checkpoint.tensors()[1];
  CHECK((weight.name == "m.weight" && weight.dtype == "fp8" && weight.unusable() == ""));
  CHECK(stored_mode(weight)->name == "fp8");
  const Matrix matrix = to_matrix(weight);
  CHECK((matrix.rows == 1 && matrix.cols == 2));
  CHECK((matrix.values[0] == 2 && matrix.values[1] == 4));
  CHECK(stored_weight(weight).planes.weight_bytes() == 2);
  CHECK(stored_mode(checkpoint.tensors()[0]) == nullptr);
  CHECK_THROWS_WITH(stored_weight(checkpoint.tensors()[0]), "tensor 'x': is not quantized");
}

// A stack of two matrices of 1 x 32: code 1 under a scale of 1, and under one of 2.
TEST_CASE("experts that are one FP8 parameter are a stack, each slice under its own scale") {
  const TestFolder folder;
  const std::string name = "model.layers.0.mlp.experts.gate_up_proj";
  folder.write("a.safetensors", file_of({{name, "F8_E4M3", "[2,1,32]", std::string(64, '\x38')},
                                         {name + "_bias", "F32", "[1]", kOne},
                                         {name + "_scale_inv", "F32", "[2,1,1]", kOne + kTwo}}));
  const Checkpoint checkpoint({folder / "a.safetensors"});
  CHECK(names(folder / "a.safetensors") == name + " " + name + "_bias ");
  const Tensor& weight = checkpoint.tensors()[0];
  CHECK((weight.unusable() == "" && weight.slices() == 2 && weight.layout == Layout::stack));
  const Matrix matrix = to_matrix(weight);
  CHECK((matrix.rows == 2 && matrix.cols == 32));
  CHECK((matrix.values[0] == 1 && matrix.values[31] == 1 && matrix.values[32] == 2));
}

TEST_CASE("a weight is selected by its own name, with all of its parts") {
  const TestFolder folder;
  folder.write("a.safetensors", file_of(plus(fp8("m"), fp8("n"))));
  CHECK(names(folder / "a.safetensors") == "m.weight n.weight ");
  CHECK(names(folder / "a.safetensors:^n") == "n.weight ");
  CHECK(names(folder / "a.safetensors", {.exclude = {"^m"}}) == "n.weight ");
  check_error(folder / "a.safetensors:weight_scale", {"no tensor matches", "'m.weight'"});
  const Checkpoint checkpoint({folder / "a.safetensors:^n"});
  CHECK(to_matrix(checkpoint.tensors()[0]).values[1] == 4);
}

TEST_CASE("a weight whose parts lie in several files is put together") {
  const TestFolder folder;
  const std::vector<Entry> parts = fp8("m");
  folder.write("1.safetensors", file_of({parts[0]}));
  folder.write("2.safetensors", file_of({parts[1], parts[2]}));
  folder.write("3.safetensors", file_of(fp8("n")));
  CHECK(names(folder.path()) == "m.weight n.weight ");
  folder.write_index(R"("m.weight":"1.safetensors","m.weight_scale":"2.safetensors",)"
                     R"("m.input_scale":"2.safetensors","n.weight":"gone.safetensors",)"
                     R"("n.weight_scale":"gone.safetensors")");
  CHECK(names(folder.path() + ":^m") == "m.weight ");
  CHECK(names(folder.path(), {.exclude = {"^n"}}) == "m.weight ");
  check_error(folder.path(), {"'n.weight'", "'gone.safetensors'", "not there"});
  folder.write_index(R"("m.weight":"1.safetensors","m.weight_scale":"1.safetensors")");
  check_error(folder.path() + ":^m", {"'m.weight_scale' is not in '1.safetensors'"});
}

TEST_CASE("a part that is in two files is an error") {
  const TestFolder folder;
  folder.write("1.safetensors", file_of(fp8("m")));
  folder.write("2.safetensors", file_of({fp8("m")[1]}));
  check_error(folder.path(), {"'m.weight_scale' is both in", "1.safetensors", "2.safetensors"});
}

TEST_CASE("scales beside a weight of floats stay tensors of their own") {
  const TestFolder folder;
  folder.write("a.safetensors", file_of({{"m.weight", "F32", "[1]", kOne},
                                         {"m.weight_scale", "F32", "[1]", kTwo},
                                         {"n.scales", "F32", "[1]", kTwo}}));
  CHECK(names(folder / "a.safetensors") == "m.weight m.weight_scale n.scales ");
}

TEST_CASE("a weight that cannot be read is skipped with its reason, and its scales too") {
  const TestFolder folder;
  folder.write("a.safetensors", file_of({{"m.qweight", "I32", "[1,1]", kOne},
                                         {"m.qzeros", "I32", "[1,1]", kOne},
                                         {"m.scales", "F32", "[1,1]", kOne},
                                         {"x", "F32", "[1]", kOne}}));
  const Checkpoint checkpoint({folder / "a.safetensors"});
  REQUIRE(checkpoint.tensors().size() == 2);
  const std::string why = checkpoint.tensors()[0].unusable();
  CAPTURE(why);
  CHECK(why.find("gptq: its version of GPTQ is told by no file") == 0);
  CHECK_THROWS_WITH(to_matrix(checkpoint.tensors()[0]),
                    ContainsSubstring("tensor 'm.weight': gptq"));
  CHECK(stored_mode(checkpoint.tensors()[0]) == nullptr);
}

TEST_CASE("a layout that is refused by name takes the tensors of its modules along") {
  for (const char* told : {R"("gptq","checkpoint_format":"marlin")",
                           R"("gptq","bits":4,"is_marlin_format":true)", R"("marlin")"}) {
    const TestFolder folder;
    folder.write("config.json",
                 R"({"quantization_config":{"quant_method":)" + std::string(told) + "}}");
    folder.write("a.safetensors", file_of({{"m.B", "I32", "[1]", kOne},
                                           {"m.s", "F32", "[1]", kOne},
                                           {"m.bias", "F32", "[1]", kOne},
                                           {"n.weight", "F32", "[1]", kOne}}));
    const Checkpoint checkpoint({folder / "a.safetensors"});
    REQUIRE(checkpoint.tensors().size() == 4);
    for (const Tensor& tensor : checkpoint.tensors()) {
      CAPTURE(told, tensor.name);
      const bool kernels = tensor.name == "m.B" || tensor.name == "m.s";
      CHECK((tensor.unusable().find("Marlin") != std::string::npos) == kernels);
    }
  }
}

TEST_CASE("a broken config is an error where there is something to explain") {
  const TestFolder folder;
  folder.write("config.json", "{");
  folder.write("a.safetensors", file_of(fp8("m")));
  folder.write("b.safetensors", file_of({{"x", "F32", "[1]", kOne}}));
  check_error(folder / "a.safetensors", {"config.json: is not valid JSON"});
  CHECK(names(folder / "b.safetensors") == "x ");
}

TEST_CASE("the hash of a weight depends on every part") {
  const TestFolder folder;
  const auto hash = [&](const std::vector<Entry>& entries) {
    folder.write("a.safetensors", file_of(entries));
    return content_hash(Checkpoint({folder / "a.safetensors"}).tensors());
  };
  const std::string first = hash(fp8("m"));
  CHECK(hash(fp8("m")) == first);
  CHECK(hash(fp8("n")) != first);
  for (std::size_t part = 0; part < 3; ++part) {
    std::vector<Entry> entries = fp8("m");
    entries[part].bytes[1] = static_cast<char>(entries[part].bytes[1] ^ 1);
    CHECK(hash(entries) != first);
  }
}

TEST_CASE("names of parts are those of their weight") {
  const auto weights =
      weight_names({"a.qweight", "a.scales", "b.weight", "b.scales", "c_blocks", "c_scales",
                    "d.w.blocks", "d.w.scales", "qweight", "e.weight.absmax", "e.weight",
                    "f_scales", "g", "g_scale_inv", "h_scale_inv", "i", "i.weight"});
  CHECK(weights == std::map<std::string, std::string>{{"a.qweight", "a.weight"},
                                                      {"a.scales", "a.weight"},
                                                      {"c_blocks", "c"},
                                                      {"c_scales", "c"},
                                                      {"d.w.blocks", "d.w"},
                                                      {"d.w.scales", "d.w"},
                                                      {"e.weight", "e.weight"},
                                                      {"e.weight.absmax", "e.weight"},
                                                      {"g", "g"},
                                                      {"g_scale_inv", "g"},
                                                      {"qweight", "weight"}});
}

TEST_CASE("the fuzzer begins with a weight in every container of safetensors") {
  std::set<std::string_view> seen;
  for (const auto& entry : fs::directory_iterator(test::in_tree("tests/fuzz/containers_corpus"))) {
    const MappedFile mapped(entry.path().string());
    const std::span<const std::byte> bytes = mapped.bytes();
    const auto line = static_cast<std::size_t>(
        std::find(bytes.begin(), bytes.end(), std::byte{'\n'}) - bytes.begin());
    const auto config = line == 0 ? nullptr : parse_quantization_config(bytes.first(line));
    CAPTURE(entry.path().filename().string());
    for (const Tensor& tensor :
         assembled(parse_safetensors(bytes.subspan(line + 1)), [&] { return config; })) {
      CHECK(tensor.unusable().empty() == (entry.path().filename() != "marlin"));
      if (tensor.stored && tensor.stored->container) seen.insert(tensor.stored->container->name);
    }
  }
  CHECK(seen.size() + 1 == all_containers().size());  // GGUF has a fuzzer of its own
}
