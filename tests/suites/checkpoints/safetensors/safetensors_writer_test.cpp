// SPDX-License-Identifier: Apache-2.0
// Files that are written: the library's order, whole or not at all, and what is refused.
#include "suites/checkpoints/safetensors/safetensors_writer.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "suites/checkpoints/mapped_file.h"
#include "suites/checkpoints/safetensors/safetensors.h"
#include "tests/suites/checkpoints/checkpoints.h"

using namespace qbench;
using namespace qbench::test;

namespace {

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::size_t files_in(const TestFolder& folder) {
  const auto files = std::filesystem::directory_iterator(folder.path());
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

std::string writer_error(const TestFolder& folder, const std::vector<TensorHeader>& tensors) {
  try {
    const SafetensorsWriter writer(folder / "a", tensors);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("tensors lie in the library's order: wide dtypes first, then names") {
  const TestFolder folder;
  const std::vector<TensorHeader> tensors = {{"b", "U8", {3}},
                                             {"z", "I64", {1}},
                                             {"a", "U8", {1}},
                                             {"c", "F32", {0, 2}},
                                             {"d", "BF16", {}}};
  SafetensorsWriter writer(folder / "a", tensors, {{"format", "pt"}});
  writer.write("b", as_bytes("xyz"));
  writer.write("d", as_bytes("de"));
  writer.write("a", as_bytes("a"));
  writer.write("c", {});
  writer.write("z", as_bytes("12345678"));
  writer.finish();
  std::string header =
      R"({"__metadata__":{"format":"pt"},"z":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},)"
      R"("c":{"dtype":"F32","shape":[0,2],"data_offsets":[8,8]},)"
      R"("d":{"dtype":"BF16","shape":[],"data_offsets":[8,10]},)"
      R"("a":{"dtype":"U8","shape":[1],"data_offsets":[10,11]},)"
      R"("b":{"dtype":"U8","shape":[3],"data_offsets":[11,14]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  CHECK(text_of(folder / "a") == safetensors_bytes(header, "12345678deaxyz"));
  CHECK(files_in(folder) == 1);
}

TEST_CASE("a name is escaped in the header, and read back") {
  const TestFolder folder;
  SafetensorsWriter writer(folder / "a", {{"层\"\n", "U8", {1}}});
  writer.write("层\"\n", as_bytes("x"));
  writer.finish();
  const MappedFile file(folder / "a");
  CHECK(parse_safetensors(file.bytes())[0].name == "层\"\n");
}

TEST_CASE("a file that is not finished leaves nothing, and the old one as it was") {
  const TestFolder folder;
  folder.write("a", "before");
  {
    SafetensorsWriter writer(folder / "a", {{"x", "U8", {1}}, {"y", "U8", {2}}});
    writer.write("x", as_bytes("x"));
    CHECK_THROWS_WITH(writer.finish(), ContainsSubstring("tensor 'y' was not written"));
    CHECK_THROWS_WITH(writer.write("y", as_bytes("x")),
                      ContainsSubstring("has 1 bytes, where its header has 2"));
    CHECK_THROWS_WITH(writer.write("x", as_bytes("x")), ContainsSubstring("is written already"));
    CHECK_THROWS_WITH(writer.write("w", {}), ContainsSubstring("has no tensor 'w'"));
    CHECK(text_of(folder / "a") == "before");
  }
  CHECK(text_of(folder / "a") == "before");
  CHECK(files_in(folder) == 1);
}

TEST_CASE("what no file can hold is refused with the path") {
  const TestFolder folder;
  CHECK_THAT(writer_error(folder, {{"x", "F12", {1}}}),
             ContainsSubstring("'x' has no size in bytes"));
  CHECK_THAT(writer_error(folder, {{"x", "F4", {1}}}),
             ContainsSubstring("'x' has no size in bytes"));
  CHECK_THAT(writer_error(folder, {{"x", "U8", {-1}}}),
             ContainsSubstring("'x' has no size in bytes"));
  CHECK_THAT(writer_error(folder, {{"x", "U8", {1}}, {"x", "U8", {1}}}),
             ContainsSubstring("is twice"));
  CHECK_THAT(writer_error(folder, {{"__metadata__", "U8", {1}}}),
             ContainsSubstring("under this name"));
  CHECK_THROWS_WITH(SafetensorsWriter(folder / "no/a", {{"x", "U8", {1}}}),
                    ContainsSubstring("/no/a: No such file or directory"));
  CHECK(files_in(folder) == 0);
}
