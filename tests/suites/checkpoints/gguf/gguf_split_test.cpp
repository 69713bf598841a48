// SPDX-License-Identifier: Apache-2.0
// GGUF models of several files are opened together.
#include "suites/checkpoints/gguf/gguf_split.h"

#include "tests/suites/checkpoints/checkpoints.h"
#include "tests/suites/checkpoints/gguf/gguf_bytes.h"

using namespace qbench;
using namespace qbench::test;

namespace {

// Part `number`, from 0 on, with one tensor.
std::string part(std::uint16_t number, std::uint16_t count, std::int32_t tensors) {
  GgufFile file = one_number();
  file.keys = {key_u16("split.no", number), key_u16("split.count", count),
               key_value("split.tensors.count", 5, le(tensors))};
  file.infos = {info("t" + std::to_string(number), {1}, 0, 0)};
  return file.bytes();
}

struct Parts {
  TestFolder folder;
  Parts() {
    folder.write("m-00001-of-00003.gguf", part(0, 3, 3));
    folder.write("m-00002-of-00003.gguf", part(1, 3, 3));
    folder.write("m-00003-of-00003.gguf", part(2, 3, 3));
  }
};

}  // namespace

TEST_CASE("any part of a split model, and its folder, stand for the whole") {
  const Parts parts;
  CHECK(names(parts.folder.path()) == "t0 t1 t2 ");
  for (const std::string number : {"1", "2", "3"})
    CHECK(names(parts.folder / ("m-0000" + number + "-of-00003.gguf")) == "t0 t1 t2 ");
  CHECK(names(parts.folder / "m-00002-of-00003.gguf:t[02]") == "t0 t2 ");
}

TEST_CASE("the first part may have key-values alone") {
  const Parts parts;
  GgufFile first = {.keys = {key_u16("split.no", 0), key_u16("split.count", 3),
                             key_value("split.tensors.count", 5, le(2))}};
  parts.folder.write("m-00001-of-00003.gguf", first.bytes());
  CHECK(names(parts.folder / "m-00001-of-00003.gguf") == "t1 t2 ");
}

TEST_CASE("a file that is whole, named as a part or not, is read alone") {
  const TestFolder folder;
  folder.write("m-00001-of-00001.gguf", part(0, 1, 1));
  folder.write("plain.gguf", one_number().bytes());
  CHECK(names(folder / "m-00001-of-00001.gguf") == "t0 ");
  CHECK(names(folder / "plain.gguf") == "a ");
}

TEST_CASE("parts that are missing or do not belong together are named") {
  const Parts parts;
  const std::string first = parts.folder / "m-00001-of-00003.gguf";
  parts.folder.write("m-00002-of-00003.gguf", part(2, 3, 3));
  check_error(first, {"'m-00002-of-00003.gguf' says that it is part 3 of 3"});
  parts.folder.write("m-00002-of-00003.gguf", part(1, 4, 3));
  check_error(first, {"'m-00002-of-00003.gguf' says that it is part 2 of 4"});
  parts.folder.write("m-00002-of-00003.gguf", one_number().bytes());
  check_error(first, {"says that it is part 1 of 0"});
  parts.folder.write("m-00002-of-00003.gguf", part(1, 3, 3));
  parts.folder.write("m-00001-of-00003.gguf", part(0, 3, 4));
  check_error(first, {"its 3 parts have 3 tensors, where the first says 4"});
  std::filesystem::remove(parts.folder / "m-00003-of-00003.gguf");
  check_error(first, {"is part 1 of 3, and 'm-00003-of-00003.gguf' is not there: download it"});
}

TEST_CASE("a part under another name says how it should be named") {
  const TestFolder folder;
  folder.write("model.gguf", part(1, 3, 3));
  check_error(folder / "model.gguf", {"is part 2 of 3", "'NAME-00002-of-00003.gguf'"});
  for (const std::string name :
       {"m-00004-of-00003.gguf", "m-00000-of-00003.gguf", "m-00001-of-99999.gguf"}) {
    folder.write(name, part(0, 3, 3));
    check_error(folder / name, {"its name is that of part"});
  }
}
