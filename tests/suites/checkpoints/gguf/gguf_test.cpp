// SPDX-License-Identifier: Apache-2.0
// The tensors of GGUF files: types, shapes, where their bytes lie; and files of them as
// checkpoints.
#include "suites/checkpoints/gguf/gguf.h"

#include "suites/checkpoints/gguf/gguf_type.h"
#include "tests/suites/checkpoints/checkpoints.h"
#include "tests/suites/checkpoints/gguf/gguf_bytes.h"

using namespace qbench;
using namespace qbench::test;

namespace {

// Two F32 tensors of 8 numbers each, at these offsets in 96 bytes of data.
std::string two_at(std::uint64_t a, std::uint64_t b) {
  return GgufFile{.infos = {info("a", {8}, 0, a), info("b", {8}, 0, b)},
                  .data = std::string(96, '\0')}
      .bytes();
}

std::string file_named(const std::string& name) {
  GgufFile file = one_number();
  file.infos = {info(name, {1}, 0, 0)};
  return file.bytes();
}

}  // namespace

TEST_CASE("a tensor's shape is row-major, and its bytes are those of its type") {
  const std::string data = "0123456789abcdef0123456789abcdef0123456789abcdef";
  const std::string file =
      GgufFile{.infos = {info("blk.0.ffn_gate_exps.weight", {4, 3, 2}, 1, 0)}, .data = data}
          .bytes();
  const std::vector<Tensor> tensors = parse_gguf(as_bytes(file));
  REQUIRE(tensors.size() == 1);
  CHECK(tensors[0].name == "blk.0.ffn_gate_exps.weight");
  CHECK(tensors[0].dtype == "F16");
  CHECK(tensors[0].shape == std::vector<std::int64_t>{2, 3, 4});
  CHECK(tensors[0].bytes.data() == as_bytes(file).data() + file.size() - 48);
  CHECK(tensors[0].bytes.size() == 48);
}

TEST_CASE("every type of ggml has the bytes of its blocks, of whole rows only") {
  for (std::uint32_t number = 0; number < 43; ++number) {
    const GgufType* type = find_gguf_type(number);
    if (type == nullptr || type->removed()) continue;
    CAPTURE(type->name);
    CHECK(find_gguf_type(type->name) == type);
    const auto k = static_cast<std::uint64_t>(3 * type->weights);
    const auto bytes = static_cast<std::size_t>(2 * 3 * type->bytes);
    const std::string whole = file_with({k, 2}, number, bytes);
    CHECK(error_of_gguf(whole).empty());
    CHECK(parse_gguf(as_bytes(whole))[0].bytes.size() == bytes);
    check_gguf_error(file_with({k, 2}, number, bytes - 1), {"tensor 'a'", "out of range"});
    if (!type->quantized()) continue;
    check_gguf_error(file_with({k - 1, 2}, number, bytes),
                     {"tensor 'a': rows of", "are no whole blocks of " + std::string(type->name)});
    check_gguf_error(file_with({}, number, bytes), {"rows of 1 weights"});
  }
}

TEST_CASE("scalars and tensors without elements are read") {
  CHECK(parse_gguf(as_bytes(file_with({}, 0, 4)))[0].shape.empty());
  const std::string empty = file_with({32, 0, 7}, 2, 0);
  CHECK(parse_gguf(as_bytes(empty))[0].unusable() == "has no elements");
  CHECK(parse_gguf(as_bytes(file_with({0}, 2, 0)))[0].bytes.empty());
}

TEST_CASE("tensors are ordered by offset, whatever the order of the list") {
  const std::string file = two_at(32, 0);
  const std::vector<Tensor> tensors = parse_gguf(as_bytes(file));
  REQUIRE(tensors.size() == 2);
  CHECK(tensors[0].name == "b");
  CHECK(tensors[1].name == "a");
}

TEST_CASE("offsets that leave the file, overlap, leave holes or are not aligned are refused") {
  CHECK(error_of_gguf(two_at(0, 32)).empty());
  CHECK(error_of_gguf(two_at(64, 32)).find("hole of 32 bytes") != std::string::npos);
  check_gguf_error(two_at(0, 0), {"tensor 'b': its data overlaps"});
  check_gguf_error(two_at(0, 64), {"tensor 'b': a hole of 32 bytes lies before"});
  check_gguf_error(two_at(0, 33), {"tensor 'b': offset 33 is no multiple of the alignment, 32"});
  check_gguf_error(two_at(0, 96), {"tensor 'b': its 32 bytes at offset 96 are out of range"});
  check_gguf_error(two_at(0, ~std::uint64_t{31}), {"tensor 'b'", "out of range"});
  check_gguf_error(file_with({1ull << 40}, 0, 96), {"out of range", "cut off?"});
  check_gguf_error(GgufFile{}.bytes(), {"holds no tensor at all"});
  GgufFile twice = one_number();
  twice.infos = {info("a", {1}, 0, 0), info("a", {0}, 0, 0)};
  check_gguf_error(twice.bytes(), {"duplicate tensor 'a'"});
}

TEST_CASE("a GGUF file is a checkpoint, and so is a folder of them") {
  const TestFolder folder;
  folder.write("model.gguf", file_named("token_embd.weight"));
  folder.write("blobs/sha256-0123", file_named("output.weight"));
  CHECK(names(folder / "model.gguf") == "token_embd.weight ");
  CHECK(names(folder / "model.gguf:token") == "token_embd.weight ");
  CHECK(names(folder / "blobs/sha256-0123") == "output.weight ");
  CHECK(names(folder.path()) == "token_embd.weight ");
  CHECK(to_matrix(Checkpoint({folder / "model.gguf"}).tensors()[0]).values[0] == 1);
  check_error(folder / "model.gguf:none", {"model.gguf: no tensor matches 'none'"});
  folder.write("mmproj.gguf", file_named("mm.0.weight"));
  CHECK(names(folder.path()) == "mm.0.weight token_embd.weight ");
  folder.write("other.gguf", file_named("token_embd.weight"));
  check_error(folder.path(), {"'token_embd.weight' is both in", "model.gguf", "other.gguf"});
  folder.write("a.safetensors", f32_file("x"));
  CHECK(names(folder.path()) == "x ");
}

TEST_CASE("a fault of a GGUF file comes after its name") {
  const TestFolder folder;
  folder.write("bad.gguf", "GGUF");
  check_error(folder / "bad.gguf", {"bad.gguf: cut off"});
  check_error(folder.path(), {"bad.gguf: cut off"});
  folder.write("bad.gguf", "version https://git-lfs.github.com/spec/v1\n");
  check_error(folder / "bad.gguf", {"bad.gguf: this is a Git LFS pointer"});
}
