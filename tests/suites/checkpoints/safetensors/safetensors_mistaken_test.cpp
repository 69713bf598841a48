// SPDX-License-Identifier: Apache-2.0
// Files that people give for safetensors files are called what they are.
#include "suites/checkpoints/safetensors/safetensors_mistaken.h"

#include <stdexcept>

#include "suites/checkpoints/safetensors/safetensors.h"
#include "tests/catch.h"
#include "tests/suites/checkpoints/safetensors/safetensors_bytes.h"

using namespace qbench;
using namespace std::string_literals;

namespace {

std::string mistaken_error(const std::string& file) {
  try {
    parse_safetensors(as_bytes(file));
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

// The local header of a zip archive's first member; times and sums may be any byte.
std::string zip(const std::string& member) {
  return "PK\3\4\x14\0\0\0\0\0"s + std::string(16, '\n') + static_cast<char>(member.size()) +
         "\0\0\0"s + member + std::string(100, '\1');
}

}  // namespace

TEST_CASE("a file of another kind says what it is and what to do") {
  struct Example {
    std::string file, what;
  };
  const std::string rest(600, '\0');
  const Example examples[] = {
      {"", "this is an empty file: download it again"},
      {zip("layer.weight.npy"), "a NumPy archive (npz): save its arrays with safetensors.numpy"},
      {zip("archive/data.pkl"), "a PyTorch checkpoint (zip): save its tensors with"},
      {zip("pytorch_model/byteorder"), "a PyTorch checkpoint (zip)"},
      {zip("archive/.format_version"), "a PyTorch checkpoint (zip)"},
      {zip("config.json"), "a zip archive: unpack it"},
      {zip("a.txt") + "version 1", "a zip archive: unpack it"},
      {zip("conversion.txt"), "a zip archive: unpack it"},
      {"\x80\2\x8a\nl\xfc\x9c\x46\xf9 j\xa8P\x19."s + rest,
       "a PyTorch checkpoint or another pickle"},
      {"\x80\4\x95\1\0\0\0\0\0\0\0"s + rest, "a PyTorch checkpoint or another pickle"},
      {"\x89HDF\r\n\x1a\n"s + rest, "an HDF5 file"},
      {"\x08\x07\x12\x07pytorch\x1a\x03"s + rest, "an ONNX model"},
      {"\x1f\x8b\x08\0\0\0\0\0\0\3"s + std::string(1 << 20, '\1'),
       "compressed with gzip: run gunzip"},
      {"\x28\xb5\x2f\xfd"s + rest, "compressed with zstd"},
      {"\xfd"
       "7zXZ\0\0"s +
           rest,
       "compressed with xz"},
      {"BZh91AY&SY"s + rest, "compressed with bzip2"},
      {"model/weights" + std::string(244, '\0') + "ustar" + rest, "a tar archive: unpack it"},
      {"<!DOCTYPE html>\n<html lang=\"en\">", "a web page (HTML), such as a login page"},
      {"\n  <HTML><body>", "a web page (HTML)"},
      {"<?xml version=\"1.0\"?><Error>", "an XML document"},
      {R"({"architectures":["LlamaForCausalLM"]})",
       "a JSON text: give a .safetensors or .gguf file"},
      {" [{\"a\":1}]", "a JSON text"},
      {"Entry not found", "a plain text"},
      {std::string(4096, '\0'), "a file of zeros where its header should be"}};
  for (const Example& example : examples) {
    CAPTURE(example.what, mistaken_error(example.file));
    CHECK(mistaken_error(example.file).find(example.what) != std::string::npos);
  }
}

TEST_CASE("a Git LFS pointer is told exactly") {
  CHECK(
      mistaken_error("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 4932\n") ==
      "this is a Git LFS pointer, not the file: run git lfs pull");
}

TEST_CASE("bytes that look like nothing known are not named") {
  CHECK(mistaken_for_safetensors(as_bytes(std::string("\x91\x92\x93\x94\x95\x96\x97\x98\x99")))
            .empty());
  CHECK(mistaken_error("\x91\x92\x93\x94\x95\x96\x97\x98\x99").find("header too long") == 0);
}

TEST_CASE("a safetensors file whose length looks like a magic is one, whole or cut off") {
  // 0x088b1f, as gzip begins, and 0x0280, as a pickle does.
  for (const std::size_t length : {std::size_t{0x088b1f}, std::size_t{0x280}}) {
    CAPTURE(length);
    std::string header = R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})";
    header.resize(length, ' ');
    const std::string file = safetensors_bytes(header, "x");
    CHECK(parse_safetensors(as_bytes(file)).size() == 1);
    CHECK(mistaken_error(file.substr(0, 300)).find("cut off") == 0);
    CHECK(mistaken_error(file + "y").find("a hole") == 0);
  }
}
