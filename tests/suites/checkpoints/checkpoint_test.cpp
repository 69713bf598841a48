// SPDX-License-Identifier: Apache-2.0
// Checkpoint: what FILE[:REGEX] selects, several of them, and real files.
#include "suites/checkpoints/checkpoint.h"

#include <cmath>
#include <filesystem>

#include "tests/catch.h"
#include "tests/suites/checkpoints/checkpoints.h"
#include "tests/tree.h"

using namespace qbench;
using namespace qbench::test;
namespace fs = std::filesystem;

namespace {

const fs::path kShared = test::in_tree("../shared");

std::string three_tensors() {
  return safetensors_bytes(R"({"layer.0.q":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]},)"
                           R"("layer.0.k":{"dtype":"I8","shape":[2],"data_offsets":[2,4]},)"
                           R"("layer.1.q":{"dtype":"F16","shape":[0],"data_offsets":[4,4]}})",
                           std::string("\x80\x3f\0\0", 4));
}

}  // namespace

TEST_CASE("a checkpoint gives the tensors of a file, usable or not") {
  const TestFolder folder;
  folder.write("a.safetensors", three_tensors());
  const Checkpoint checkpoint({folder / "a.safetensors"});
  REQUIRE(checkpoint.tensors().size() == 3);
  REQUIRE(checkpoint.find("layer.0.q") != nullptr);
  CHECK(to_matrix(*checkpoint.find("layer.0.q")).values[0] == 1.0f);
  CHECK(checkpoint.find("layer.0.q")->file == folder / "a.safetensors");
  CHECK(checkpoint.find("layer.0.k")->unusable().find("I8") != std::string::npos);
  CHECK(checkpoint.find("layer.1.q")->unusable() == "has no elements");
  CHECK(checkpoint.find("layer") == nullptr);
}

TEST_CASE("a pattern after the path picks tensors by name") {
  const TestFolder folder;
  folder.write("a.safetensors", three_tensors());
  CHECK(names(folder / "a.safetensors:q") == "layer.0.q layer.1.q ");
  CHECK(names(folder / "a.safetensors:^layer[.]0") == "layer.0.q layer.0.k ");
  CHECK(names(folder / "a.safetensors:(?:0.k|1.q)$") == "layer.0.k layer.1.q ");
  CHECK(names(folder / "a.safetensors:") == "layer.0.q layer.0.k layer.1.q ");
  CHECK(names(folder.path() + ":k") == "layer.0.k ");
}

TEST_CASE("a path with a colon is itself when it exists, else its longest part that does") {
  const TestFolder folder;
  folder.write("a", f32_file("plain"));
  folder.write("a:b", f32_file("colon"));
  CHECK(names(folder / "a:b") == "colon ");
  CHECK(names(folder / "a:plain") == "plain ");
  CHECK(names(folder / "a:b:c") == "colon ");
}

TEST_CASE("a wrong path or pattern is a clear error") {
  const TestFolder folder;
  folder.write("a.safetensors", three_tensors());
  check_error("", {"no such file"});
  check_error(":q", {"no such file"});
  check_error(folder / "b.safetensors", {"b.safetensors", "no such file"});
  check_error(folder / "b.safetensors:q", {"b.safetensors:q", "no such file"});
  check_error(folder / "a.safetensors:(", {"bad pattern '('", "missing )"});
  check_error(folder / "a.safetensors:v",
              {"no tensor matches 'v'", "e.g. 'layer.0.q', 'layer.0.k' and 'layer.1.q'"});
  check_error("/dev/null", {"/dev/null: ", "not a regular file"});
}

TEST_CASE("an error in a file begins with its name") {
  const TestFolder folder;
  folder.write("empty.safetensors", "");
  folder.write("cut.safetensors", f32_file("a").substr(0, 20));
  check_error(folder / "empty.safetensors", {folder / "empty.safetensors: ", "an empty file"});
  check_error(folder / "cut.safetensors", {folder / "cut.safetensors: ", "cut off"});
}

TEST_CASE("several specs make one checkpoint, whose tensors know their files") {
  const TestFolder folder;
  folder.write("a.safetensors", f32_file_of({{"q", {1}}, {"k", {1}}}));
  folder.write("b.safetensors", f32_file_of({{"v", {1}}, {"k", {1}}}));
  const Checkpoint checkpoint({folder / "b.safetensors:v", folder / "a.safetensors"});
  REQUIRE(checkpoint.tensors().size() == 3);
  CHECK(checkpoint.tensors()[0].name == "v");
  CHECK(checkpoint.find("v")->file == folder / "b.safetensors");
  CHECK(checkpoint.find("k")->file == folder / "a.safetensors");
  check_error({folder / "a.safetensors", folder / "b.safetensors"},
              {"tensor 'k'", folder / "a.safetensors", folder / "b.safetensors", "select one"});
  check_error({folder / "a.safetensors", folder / "b.safetensors:w"},
              {"b.safetensors: no tensor matches 'w'"});
  check_error({folder / "a.safetensors", folder / "c.safetensors"}, {"c.safetensors: no such"});
}

TEST_CASE("one file may be given twice for different tensors, not for the same") {
  const TestFolder folder;
  folder.write("a.safetensors", f32_file_of({{"q", {1}}, {"k", {1}}}));
  const std::string file = folder / "a.safetensors";
  CHECK(names({file + ":q", file + ":k"}) == "q k ");
  check_error({file + ":q", file}, {"tensor 'q' of '" + file + "' is selected twice",
                                    "by '" + file + ":q' and by '" + file + "'"});
}

TEST_CASE("a tensor whose name is empty is one as any other") {
  const TestFolder folder;
  folder.write("a.safetensors", f32_file_of({{"", {2, 3}}, {"b", {1}}}));
  const Checkpoint checkpoint({folder / "a.safetensors"});
  REQUIRE(checkpoint.find("") != nullptr);
  CHECK(checkpoint.find("")->rows() == 2);
  CHECK(names(folder / "a.safetensors:^$") == " ");
  CHECK(Checkpoint({folder / "a.safetensors:^$"}).find("b") == nullptr);
  CHECK(Checkpoint({folder / "a.safetensors:b"}).find("") == nullptr);
}

TEST_CASE("a checkpoint of which nothing can be used says why in one line") {
  const TestFolder folder;
  const std::string header = R"({"codes":{"dtype":"I32","shape":[1],"data_offsets":[0,4]},)"
                             R"("x":{"dtype":"F32","shape":[0],"data_offsets":[4,4]},)"
                             R"("zeros":{"dtype":"I32","shape":[1],"data_offsets":[4,8]},)"
                             R"("g":{"dtype":"I32","shape":[1],"data_offsets":[8,12]},)"
                             R"("h":{"dtype":"I32","shape":[1],"data_offsets":[12,16]}})";
  folder.write("a.safetensors", safetensors_bytes(header, std::string(16, '\0')));
  folder.write("b.safetensors", f32_file("b"));
  const std::string a = folder / "a.safetensors", b = folder / "b.safetensors";
  const std::string i32 = "dtype I32 is not read by itself (F64, F32, F16 and BF16 are) ";
  CHECK(Checkpoint({a}).why_unusable() == a + ": none of its 5 tensors can be used: " + i32 +
                                              "('codes', 'zeros' and 2 more); has no elements "
                                              "('x')");
  CHECK(Checkpoint({a + ":^[gh]$"}).why_unusable() ==
        a + ": none of the 2 selected tensors can be used: " + i32 + "('g' and 'h')");
  CHECK(Checkpoint({a + ":x"}).why_unusable() ==
        a + ": its tensor cannot be used: has no elements ('x')");
  CHECK(Checkpoint({a, b}).why_unusable().empty());
  CHECK(Checkpoint({b}).why_unusable().empty());
}

TEST_CASE("silero-vad's weights are read") {
  const fs::path file = kShared / "real_weights/silero_vad_16k.safetensors";
  if (!fs::exists(file)) QBENCH_SKIP("no " << file.string());
  const Checkpoint checkpoint({file.string()});
  REQUIRE(checkpoint.tensors().size() == 15);
  CHECK(checkpoint.tensors()[0].name == "stft_conv.weight");
  CHECK(checkpoint.tensors()[0].rows() == 258);
  CHECK(checkpoint.tensors()[0].cols() == 256);
  CHECK(names(file.string() + ":lstm_cell.weight") == "lstm_cell.weight_ih lstm_cell.weight_hh ");
  std::int64_t parameters = 0;
  for (const Tensor& tensor : checkpoint.tensors()) {
    const Matrix matrix = to_matrix(tensor);
    parameters += matrix.size();
    for (const float value : matrix.values) REQUIRE(std::isfinite(value));
  }
  CHECK(parameters == 309633);
}
