// SPDX-License-Identifier: Apache-2.0
// Checkpoint: what FILE[:REGEX] finds, checkpoints of several files, and real ones.
#include "harness/checkpoint.h"

#include <stdlib.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/catch.h"
#include "tests/harness/safetensors_bytes.h"

using namespace qbench;
namespace fs = std::filesystem;

namespace {

const fs::path kShared = QBENCH_SOURCE_DIR "/../shared";

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "qbench_checkpoint_XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }
  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
  }
  void write_index(const std::string& weight_map) const {
    write("model.safetensors.index.json",
          R"({"metadata":{"total_size":8},"weight_map":{)" + weight_map + "}}");
  }

 private:
  fs::path path_;
};

std::string f32_file(const std::string& name) {
  return one_tensor(name, "F32", "[1]", std::string("\0\0\x80\x3f", 4));
}

std::string three_tensors() {
  return safetensors_bytes(R"({"layer.0.q":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]},)"
                           R"("layer.0.k":{"dtype":"I8","shape":[2],"data_offsets":[2,4]},)"
                           R"("layer.1.q":{"dtype":"F16","shape":[0],"data_offsets":[4,4]}})",
                           std::string("\x80\x3f\0\0", 4));
}

std::string names(const std::string& argument) {
  const Checkpoint checkpoint(argument);
  std::string list;
  for (const Tensor& tensor : checkpoint.tensors()) list += tensor.name + " ";
  return list;
}

void check_error(const std::string& argument, const std::vector<std::string>& words) {
  std::string error;
  try {
    const Checkpoint checkpoint(argument);
  } catch (const std::runtime_error& caught) {
    error = caught.what();
  }
  CAPTURE(argument, error);
  CHECK(!error.empty());
  CHECK(error.find('\n') == error.npos);
  for (const std::string& word : words) {
    CAPTURE(word);
    CHECK(error.find(word) != error.npos);
  }
}

}  // namespace

TEST_CASE("a checkpoint gives the tensors of a file, usable or not") {
  const TemporaryFolder folder;
  folder.write("a.safetensors", three_tensors());
  const Checkpoint checkpoint(folder / "a.safetensors");
  REQUIRE(checkpoint.tensors().size() == 3);
  REQUIRE(checkpoint.find("layer.0.q") != nullptr);
  CHECK(to_matrix(*checkpoint.find("layer.0.q")).values[0] == 1.0f);
  CHECK(checkpoint.find("layer.0.k")->unusable().find("I8") != std::string::npos);
  CHECK(checkpoint.find("layer.1.q")->unusable() == "has no elements");
  CHECK(checkpoint.find("layer") == nullptr);
}

TEST_CASE("a pattern after the path picks tensors by name") {
  const TemporaryFolder folder;
  folder.write("a.safetensors", three_tensors());
  CHECK(names(folder / "a.safetensors:q") == "layer.0.q layer.1.q ");
  CHECK(names(folder / "a.safetensors:^layer[.]0") == "layer.0.q layer.0.k ");
  CHECK(names(folder / "a.safetensors:(?:0.k|1.q)$") == "layer.0.k layer.1.q ");
  CHECK(names(folder / "a.safetensors:") == "layer.0.q layer.0.k layer.1.q ");
  CHECK(names(folder.path() + ":k") == "layer.0.k ");
}

TEST_CASE("a path with a colon is itself when it exists, else its longest part that does") {
  const TemporaryFolder folder;
  folder.write("a", f32_file("plain"));
  folder.write("a:b", f32_file("colon"));
  CHECK(names(folder / "a:b") == "colon ");
  CHECK(names(folder / "a:plain") == "plain ");
  CHECK(names(folder / "a:b:c") == "colon ");
}

TEST_CASE("a wrong path or pattern is a clear error") {
  const TemporaryFolder folder;
  folder.write("a.safetensors", three_tensors());
  check_error("", {"no such file"});
  check_error(":q", {"no such file"});
  check_error(folder / "b.safetensors", {"b.safetensors", "no such file"});
  check_error(folder / "b.safetensors:q", {"b.safetensors:q", "no such file"});
  check_error(folder / "a.safetensors:(", {"bad pattern '('", "missing )"});
  check_error(folder / "a.safetensors:v",
              {"no tensor matches 'v'", "e.g. 'layer.0.q', 'layer.0.k', 'layer.1.q'"});
  check_error("/dev/null", {"/dev/null: ", "not a regular file"});
}

TEST_CASE("an error in a file begins with its name") {
  const TemporaryFolder folder;
  folder.write("empty.safetensors", "");
  folder.write("cut.safetensors", f32_file("a").substr(0, 20));
  check_error(folder / "empty.safetensors", {folder / "empty.safetensors: ", "too short"});
  check_error(folder / "cut.safetensors", {folder / "cut.safetensors: ", "cut off"});
}

TEST_CASE("a folder without an index gives all its files by name") {
  const TemporaryFolder folder;
  check_error(folder.path(), {"no .safetensors file in this folder"});
  folder.write("2.safetensors", f32_file("b"));
  folder.write("1.safetensors", f32_file("z"));
  folder.write("notes.txt", "no tensors");
  CHECK(names(folder.path()) == "z b ");
  folder.write("3.safetensors", f32_file("z"));
  check_error(folder.path(), {"3.safetensors: ", "tensor 'z' is also in '1.safetensors'"});
}

TEST_CASE("an index gives its files, by itself and by its folder") {
  const TemporaryFolder folder;
  folder.write("model-1.safetensors", f32_file("a"));
  folder.write("model-2.safetensors", f32_file("b"));
  folder.write("other.safetensors", f32_file("a"));
  folder.write_index(R"("b":"model-2.safetensors","a":"model-1.safetensors")");
  CHECK(names(folder.path()) == "a b ");
  CHECK(names(folder / "model.safetensors.index.json") == "a b ");
  CHECK(names(folder / "model.safetensors.index.json:b") == "b ");
  CHECK(to_matrix(*Checkpoint(folder.path()).find("b")).values[0] == 1.0f);
}

TEST_CASE("an index and files that do not agree are refused") {
  const TemporaryFolder folder;
  folder.write("1.safetensors", f32_file("a"));
  folder.write("2.safetensors", f32_file("a"));
  const auto check = [&](const std::string& weight_map, std::vector<std::string> words) {
    folder.write_index(weight_map);
    words.push_back("model.safetensors.index.json: ");
    check_error(folder.path(), words);
  };
  check(R"("b":"1.safetensors")", {"tensor 'b' is not in '1.safetensors'"});
  check(R"("a":"3.safetensors")", {"tensor 'a'", "'3.safetensors' is not beside the index"});
  check("", {"weight_map is empty"});
  check(R"("a":3)", {"tensor 'a'", "not a string"});
  check(R"("a":"1.safetensors","a":"2.safetensors")", {"duplicate key 'a'"});
  folder.write_index(R"("a":"1.safetensors","b":"2.safetensors")");
  check_error(folder.path(), {"2.safetensors: ", "tensor 'a' is also in '1.safetensors'"});
  folder.write("2.safetensors", f32_file("b"));
  check(R"("a":"2.safetensors","b":"1.safetensors")", {"tensor 'a' is not in '2.safetensors'"});
}

TEST_CASE("an index cannot lead out of its folder") {
  const TemporaryFolder folder;
  folder.write("1.safetensors", f32_file("a"));
  for (const std::string file : {"../1.safetensors", "..", ".", "", "./1.safetensors",
                                 "/etc/hostname", "sub\\\\1", "1.safetensors\\u0000"}) {
    CAPTURE(file);
    folder.write_index("\"a\":\"" + file + "\"");
    check_error(folder.path(), {"tensor 'a'", "not a plain file name"});
  }
}

TEST_CASE("an index that is not the JSON it should be is refused") {
  const TemporaryFolder folder;
  const auto check = [&](const std::string& text, const std::string& word) {
    folder.write("model.safetensors.index.json", text);
    check_error(folder.path(), {"index.json: ", word});
  };
  check("", "not valid JSON");
  check("{", "not valid JSON");
  check("{\"\xff\":1}", "UTF-8");
  check("[]", "no weight_map");
  check("{}", "no weight_map");
  check(R"({"weight_map":[]})", "no weight_map");
  check(std::string(1000000, '['), "nested too deeply");
}

TEST_CASE("silero-vad's weights are read") {
  const fs::path file = kShared / "real_weights/silero_vad_16k.safetensors";
  if (!fs::exists(file)) QBENCH_SKIP("no " << file.string());
  const Checkpoint checkpoint(file.string());
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

TEST_CASE("a quantized checkpoint of mixed dtypes is read where its numbers are floats") {
  const fs::path file = kShared / "bitsandbytes_golden/checkpoint.safetensors";
  if (!fs::exists(file)) QBENCH_SKIP("no " << file.string());
  const Checkpoint checkpoint(file.string());
  CHECK(checkpoint.tensors().size() == 28);
  const Tensor* map = checkpoint.find("model.layers.0.nf4.weight.quant_map");
  REQUIRE(map != nullptr);
  const Matrix levels = to_matrix(*map);
  CHECK(levels.values[0] == -1.0f);
  CHECK(levels.values[7] == 0.0f);
  CHECK(levels.values[15] == 1.0f);
  CHECK(checkpoint.find("model.layers.0.int8.weight")->unusable().find("I8") != std::string::npos);
  CHECK(checkpoint.find("model.layers.0.int8.weight_format")->rows() == 1);
  CHECK(checkpoint.find("model.layers.0.nf4.weight")->unusable().find("U8") != std::string::npos);
}
