// SPDX-License-Identifier: Apache-2.0
// The header of GGUF files: key-values of every type, and every fault.
#include "suites/checkpoints/gguf/gguf_header.h"

#include "tests/suites/checkpoints/gguf/gguf_bytes.h"

using namespace qbench;
using namespace qbench::test;
using namespace std::string_literals;

namespace {

constexpr std::uint32_t kArray = 9;

std::string array(std::uint32_t type, std::uint64_t count, const std::string& items) {
  return u32(type) + u64(count) + items;
}

std::string file_of(const std::vector<std::string>& keys) {
  GgufFile file = one_number();
  file.keys = keys;
  return file.bytes();
}

std::string nested(int depth) {
  std::string value = array(0, 1, "x");
  for (int i = 1; i < depth; ++i) value = array(kArray, 1, value);
  return value;
}

}  // namespace

TEST_CASE("key-values of every type are found, and have the bytes of the file") {
  const std::string values[] = {"\x01",
                                "\xff",
                                le<std::uint16_t>(2),
                                le<std::int16_t>(-3),
                                u32(4),
                                le<std::int32_t>(5),
                                le(6.5f),
                                "\x01",
                                text("eight"),
                                array(8, 2, text("a") + text("")),
                                u64(std::uint64_t{1} << 63),
                                le<std::int64_t>(-1),
                                le(12.5)};
  std::vector<std::string> keys;
  for (std::uint32_t type = 0; type < 13; ++type)
    keys.push_back(key_value("key." + std::to_string(type), type, values[type]));
  for (const std::uint32_t version : {2u, 3u}) {
    GgufFile file = one_number();
    file.keys = keys;
    file.version = version;
    const std::string bytes = file.bytes();
    const GgufHeader header = parse_gguf_header(as_bytes(bytes));
    CHECK(header.version == version);
    REQUIRE(header.key_values.size() == 13);
    for (std::uint32_t type = 0; type < 13; ++type) {
      const GgufKeyValue& found = header.key_values[type];
      CHECK(found.key == "key." + std::to_string(type));
      CHECK(found.type == static_cast<GgufValueType>(type));
      CHECK(std::string(reinterpret_cast<const char*>(found.value.data()), found.value.size()) ==
            values[type]);
    }
    CHECK(header.data_begin % 32 == 0);
    CHECK(header.data_begin + 4 == bytes.size());
  }
}

TEST_CASE("a whole number is found whatever integer type it has, a text only as a text") {
  const std::string file =
      file_of({key_value("u8", 0, "\x07"), key_value("i8", 1, "\xff"), key_u16("u16", 300),
               key_value("i16", 3, le<std::int16_t>(7)), key_u32("u32", 70000),
               key_value("i32", 5, le<std::int32_t>(-7)), key_value("u64", 10, u64(~0ull)),
               key_value("i64", 11, le<std::int64_t>(9)), key_value("f32", 6, le(1.0f)),
               key_text("text", "llama")});
  const GgufHeader header = parse_gguf_header(as_bytes(file));
  CHECK(header.whole_number("u8") == 7u);
  CHECK(!header.whole_number("i8"));
  CHECK(header.whole_number("u16") == 300u);
  CHECK(header.whole_number("i16") == 7u);
  CHECK(header.whole_number("u32") == 70000u);
  CHECK(!header.whole_number("i32"));
  CHECK(header.whole_number("u64") == ~0ull);
  CHECK(header.whole_number("i64") == 9u);
  CHECK(!header.whole_number("f32"));
  CHECK(!header.whole_number("text"));
  CHECK(!header.whole_number("none"));
  CHECK(header.text("text") == "llama");
  CHECK(!header.text("u8"));
}

TEST_CASE("arrays nest as deep as 4, and no deeper") {
  CHECK(error_of_gguf(file_of({key_value("a", kArray, nested(4))})).empty());
  check_gguf_error(file_of({key_value("a", kArray, nested(5))}),
                   {"key-value 1 of 1: 'a': arrays are nested too deeply"});
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += array(kArray, 1, "");
  check_gguf_error(file_of({key_value("a", kArray, deep)}), {"nested too deeply"});
}

TEST_CASE("what is no GGUF file of version 2 or 3 is refused by name") {
  const auto with_version = [](std::uint32_t version) {
    GgufFile file = one_number();
    file.version = version;
    return file.bytes();
  };
  check_gguf_error("", {"this is an empty file"});
  check_gguf_error("GGU", {"is not a GGUF file"});
  check_gguf_error("version https://git-lfs.github.com/spec/v1\n", {"a Git LFS pointer"});
  check_gguf_error("GGUF", {"cut off: 4 bytes are needed at byte 4 of 4"});
  check_gguf_error(with_version(1), {"is GGUF version 1"});
  check_gguf_error(with_version(0), {"is GGUF version 0", "not known"});
  check_gguf_error(with_version(4), {"is GGUF version 4", "not known (2 and 3 are)"});
  check_gguf_error(with_version(0x03000000), {"big-endian"});
  check_gguf_error(with_version(0x02000000), {"big-endian"});
}

TEST_CASE("a header that is cut off anywhere is refused in one line") {
  GgufFile file = one_number();
  file.keys = {key_text("general.name", "x"), key_value("a", kArray, array(8, 1, text("b")))};
  const std::string whole = file.bytes();
  REQUIRE(error_of_gguf(whole).empty());
  for (std::size_t size = 4; size < whole.size(); ++size) {
    CAPTURE(size);
    check_gguf_error(whole.substr(0, size), {"cut off"});
  }
}

TEST_CASE("counts and lengths beyond the file are refused, whatever they are") {
  for (const std::uint64_t count :
       {std::uint64_t{100}, std::uint64_t{1} << 32, std::uint64_t{1} << 61, ~std::uint64_t{0}}) {
    CAPTURE(count);
    const std::string rest(100, '\0');
    check_gguf_error("GGUF" + u32(3) + u64(count) + u64(0) + rest,
                     {"cut off", std::to_string(count) + " tensors do not fit"});
    check_gguf_error("GGUF" + u32(3) + u64(0) + u64(count) + rest,
                     {"cut off", std::to_string(count) + " key-values do not fit"});
    const std::string many = u64(count == 100 ? 1000 : count);
    check_gguf_error(file_of({many + rest}), {"key-value 1 of 1: cut off"});
    check_gguf_error(file_of({key_value("a", 8, many)}), {"'a': cut off"});
    for (std::uint32_t type = 0; type < 13; ++type)
      check_gguf_error(file_of({key_value("a", kArray, u32(type) + many)}),
                       {"'a': cut off", "items of an array do not fit"});
  }
}

TEST_CASE("keys and values that GGUF does not have are refused") {
  check_gguf_error(file_of({key_u32("", 1)}), {"key-value 1 of 1: its key is empty"});
  check_gguf_error(file_of({key_u32(std::string(65536, 'k'), 1)}), {"longer than 65535 bytes"});
  check_gguf_error(file_of({key_u32("a", 1), key_u32("b", 1), key_u32("a", 2)}),
                   {"duplicate key 'a'"});
  check_gguf_error(file_of({key_value("a", 13, u32(1))}), {"'a': GGUF has no type of values 13"});
  check_gguf_error(file_of({key_value("a", ~0u, u32(1))}), {"no type of values 4294967295"});
  check_gguf_error(file_of({key_value("a", kArray, array(13, 0, ""))}), {"no type of values 13"});
  check_gguf_error(file_of({key_value("a", 7, "\x02")}), {"must be 0 or 1, not 2"});
  check_gguf_error(file_of({key_value("a", kArray, array(7, 3, "\x01\x00\xff"s))}),
                   {"must be 0 or 1, not 255"});
}

TEST_CASE("the alignment is a u32 and a multiple of 8") {
  const auto aligned = [](const std::string& key, std::size_t alignment) {
    GgufFile file = one_number();
    file.keys = {key};
    file.alignment = alignment;
    return file.bytes();
  };
  const auto of = [](std::uint32_t alignment) { return key_u32("general.alignment", alignment); };
  for (const std::size_t alignment : {8u, 24u, 64u, 4096u}) {
    CAPTURE(alignment);
    const std::string file = aligned(of(static_cast<std::uint32_t>(alignment)), alignment);
    CHECK(error_of_gguf(file).empty());
    CHECK(parse_gguf_header(as_bytes(file)).alignment == alignment);
  }
  for (const std::uint32_t wrong : {0u, 1u, 4u, 12u, 33u})
    check_gguf_error(aligned(of(wrong), 32), {"general.alignment must be"});
  check_gguf_error(aligned(key_u16("general.alignment", 64), 64), {"general.alignment must be"});
  check_gguf_error(aligned(of(0x80000000), 32), {"out of range"});
}

TEST_CASE("tensors that GGUF cannot have are refused") {
  check_gguf_error(file_with({1, 1, 1, 1, 1}, 0, 4), {"tensor 1 of 1: 'a': rank 5"});
  check_gguf_error(file_with({std::uint64_t{1} << 63}, 0, 4), {"'a': its shape is too large"});
  check_gguf_error(file_with({1ull << 32, 1ull << 31}, 0, 4), {"too large"});
  check_gguf_error(file_with({1ull << 32, 1ull << 31, 0}, 0, 4), {"too large"});
  check_gguf_error(file_with({1ull << 62}, 0, 4), {"tensor 'a': its shape is too large"});
  for (const std::uint32_t type : {43u, 99u, ~0u})
    check_gguf_error(file_with({32}, type, 64),
                     {"'a': type " + std::to_string(type) + " is not known"});
  const std::pair<std::uint32_t, std::string> removed[] = {
      {4, "Q4_2"},      {5, "Q4_3"},        {31, "Q4_0_4_4"},   {32, "Q4_0_4_8"},
      {33, "Q4_0_8_8"}, {36, "IQ4_NL_4_4"}, {37, "IQ4_NL_4_8"}, {38, "IQ4_NL_8_8"}};
  for (const auto& [type, name] : removed)
    check_gguf_error(file_with({32}, type, 64), {"'a': type " + name + " was removed from GGUF"});
  for (const std::string name : {"a\nb", "\xff", "\x1b[31m", "\xe2\x80\xae"}) {
    GgufFile file = one_number();
    file.infos = {info(name, {1}, 0, 0)};
    check_gguf_error(file.bytes(), {"its name is not printable UTF-8"});
  }
}
