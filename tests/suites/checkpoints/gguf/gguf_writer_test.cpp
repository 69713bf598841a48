// SPDX-License-Identifier: Apache-2.0
// Files that are read and written again are the same bytes; files that are not finished are not
// there.
#include "suites/checkpoints/gguf/gguf_writer.h"

#include <fstream>
#include <iterator>

#include "tests/golden.h"
#include "tests/suites/checkpoints/checkpoints.h"
#include "tests/suites/checkpoints/gguf/gguf_bytes.h"

using namespace qbench;
using namespace qbench::test;

namespace {

std::string bytes_in(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<NewGgufTensor> listed(const std::vector<Tensor>& tensors) {
  std::vector<NewGgufTensor> all;
  for (const Tensor& tensor : tensors) all.push_back({tensor.name, tensor.dtype, tensor.shape});
  return all;
}

// Writes the tensors of a file in pieces of at most `piece` bytes.
std::string written_again(const std::string& file, std::size_t piece) {
  const TestFolder folder;
  const GgufHeader header = parse_gguf_header(as_bytes(file));
  const std::vector<Tensor> tensors = parse_gguf(as_bytes(file));
  GgufWriter writer(folder / "again.gguf", header, listed(tensors));
  for (const Tensor& tensor : tensors)
    for (std::size_t at = 0; at < tensor.bytes.size(); at += piece)
      writer.write(tensor.bytes.subspan(at, std::min(piece, tensor.bytes.size() - at)));
  CHECK(!std::filesystem::exists(folder / "again.gguf"));
  writer.finish();
  return bytes_in(folder / "again.gguf");
}

bool is_empty(const TestFolder& folder) { return std::filesystem::is_empty(folder.path()); }

const GgufFile kTwo = {
    .keys = {key_u32("general.alignment", 64), key_text("general.name", "two")},
    .infos = {info("a", {3}, 0, 0), info("none", {0}, 0, 64), info("b", {32, 1}, 2, 64)},
    .data = std::string(64 + 64, '\0'),
    .alignment = 64};

}  // namespace

TEST_CASE("every type of ggml, read and written again, is the same file") {
  if (absent("ggml_golden")) QBENCH_SKIP("there is no ../shared/ggml_golden");
  const std::string file = bytes_in(kShared + "ggml_golden/types.gguf");
  REQUIRE(parse_gguf(as_bytes(file)).size() == 23);
  CHECK(written_again(file, file.size()) == file);
  CHECK(written_again(file, 1000) == file);
}

TEST_CASE("alignments, empty tensors and versions are kept") {
  for (const std::uint32_t version : {2u, 3u}) {
    GgufFile two = kTwo;
    two.version = version;
    CHECK(written_again(two.bytes(), 5) == two.bytes());
  }
}

TEST_CASE("a file is whole or not there") {
  const std::string two = kTwo.bytes();
  const GgufHeader header = parse_gguf_header(as_bytes(two));
  const std::vector<Tensor> tensors = parse_gguf(as_bytes(two));
  const TestFolder folder;
  {
    GgufWriter writer(folder / "a.gguf", header, listed(tensors));
    writer.write(tensors[0].bytes);
    CHECK_THROWS_AS(writer.finish(), std::logic_error);
    CHECK_THROWS_AS(writer.write(as_bytes(two)), std::logic_error);
  }
  CHECK(is_empty(folder));
  CHECK_THROWS_AS(GgufWriter(folder / "none/a.gguf", header, listed(tensors)), std::runtime_error);
}

TEST_CASE("tensors that GGUF cannot hold are refused before anything is written") {
  const std::string two = kTwo.bytes();
  const GgufHeader header = parse_gguf_header(as_bytes(two));
  const TestFolder folder;
  for (const NewGgufTensor& wrong :
       {NewGgufTensor{"a", "F8_E4M3", {2, 2}}, NewGgufTensor{"a", "Q4_0_4_4", {32}},
        NewGgufTensor{"a", "Q4_K", {2, 128}}, NewGgufTensor{"a", "F32", {1, 1, 1, 1, 1}}}) {
    CAPTURE(wrong.dtype);
    CHECK_THROWS_AS(GgufWriter(folder / "a.gguf", header, {wrong}), std::runtime_error);
  }
  CHECK(is_empty(folder));
}
