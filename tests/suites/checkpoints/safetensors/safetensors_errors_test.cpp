// SPDX-License-Identifier: Apache-2.0
// The safetensors reader on files that are wrong: each way to be so has its own clear error.
#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "suites/checkpoints/safetensors/safetensors.h"
#include "tests/catch.h"
#include "tests/suites/checkpoints/safetensors/safetensors_bytes.h"

using namespace qbench;

namespace {

// The error of reading the file and all that can be read of it, or "" where it is fine.
std::string error_of(const std::string& file) {
  try {
    for (const Tensor& tensor : parse_safetensors(as_bytes(file)))
      if (tensor.unusable().empty()) to_matrix(tensor);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

// Each word stands in the error, which is one line of printable ASCII.
void check_error(const std::string& file, const std::vector<std::string>& words) {
  const std::string error = error_of(file);
  CAPTURE(error);
  for (const std::string& word : words) {
    CAPTURE(word);
    CHECK(error.find(word) != error.npos);
  }
  CHECK(!error.empty());
  CHECK(std::all_of(error.begin(), error.end(),
                    [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; }));
}

void check_header_error(const std::string& header, const std::vector<std::string>& words) {
  CAPTURE(header);
  check_error(safetensors_bytes(header, std::string(8, '\1')), words);
}

// {"a": TENSOR}, over 8 bytes of data.
void check_tensor_error(const std::string& tensor, std::vector<std::string> words) {
  words.push_back("tensor 'a'");
  check_header_error("{\"a\":" + tensor + "}", words);
}

}  // namespace

TEST_CASE("a file that is cut off or no safetensors file is refused") {
  const std::string file = one_tensor("a", "F32", "[2]", std::string(8, '\0'));
  CHECK(error_of(file).empty());
  for (std::size_t size = 0; size < file.size(); ++size) {
    CAPTURE(size);
    check_error(file.substr(0, size), {size == 0 ? "empty" : size < 8 ? "too short" : "cut off"});
  }
  check_error(std::string("\0\0\0\0\0\0\0\0", 8), {"does not start with '{'"});
  check_error("\xc1\x02}q\x01X\x06\x01 unknown", {"header too long", "100000000"});
  check_error(std::string("\x01\xe1\xf5\x05\0\0\0\0", 8), {"header too long", "100000001"});
  check_error(std::string("\x00\xe1\xf5\x05\0\0\0\0", 8), {"cut off"});
  check_error(std::string(8, '\xff'), {"header too long", "18446744073709551615"});
}

TEST_CASE("a header that is not one JSON object is refused") {
  check_header_error(R"( {"a":1})", {"does not start with '{'"});
  check_header_error(R"([1])", {"does not start with '{'"});
  check_header_error("\xef\xbb\xbf{}", {"does not start with '{'"});
  check_header_error(R"({"a":})", {"not valid JSON", "byte 6"});
  check_header_error(R"({"a" {}})", {"not valid JSON"});
  check_header_error(R"({"a":1e999})", {"not valid JSON", "number overflow"});
  check_header_error("{\"\xff\":1}", {"not valid JSON", "UTF-8"});
  check_header_error("{\"\xc0\xaf\":1}", {"not valid JSON", "UTF-8"});
  check_header_error("{\"\xed\xa0\x80\":1}", {"not valid JSON", "UTF-8"});
  check_header_error(R"({"\ud800":1})", {"not valid JSON", "surrogate"});
  check_header_error("{\"a\n\":1}", {"not valid JSON", "control character"});
  check_header_error("{} x", {"followed by garbage"});
  check_header_error("{}\n", {"followed by garbage"});
  check_header_error("{} {}", {"not valid JSON"});
  check_header_error(std::string("{}\0}", 4), {"zero byte"});
  check_header_error("{", {"cut off"});
  check_header_error("{}", {"no tensor at all"});
  check_header_error(R"({"__metadata__":{"a":"b"}})", {"no tensor at all"});
}

TEST_CASE("nesting deeper than the format has is refused without following it") {
  const std::string lists(1000000, '['), objects = [] {
    std::string text;
    for (int i = 0; i < 200000; ++i) text += R"({"a":)";
    return text;
  }();
  check_error(safetensors_bytes(R"({"a":)" + lists + "}", ""), {"tensor 'a'", "a list"});
  check_error(safetensors_bytes(objects + "}", ""), {"tensor 'a'", "unknown field"});
  check_tensor_error(R"({"dtype":)" + objects + "}", {"nested too deeply"});
  check_tensor_error(R"({"shape":)" + objects + "}", {"nested too deeply"});
  check_tensor_error(R"({"shape":)" + lists + "}", {"nested too deeply"});
  check_tensor_error(R"({"shape":[{}]})", {"nested too deeply"});
  check_header_error(R"({"__metadata__":{"a":{}}})", {"__metadata__", "nested too deeply"});
}

TEST_CASE("metadata that is not string to string is refused") {
  check_header_error(R"({"__metadata__":{"k":1}})", {"__metadata__", "'k'", "string, not 1"});
  check_header_error(R"({"__metadata__":{"k":null}})", {"__metadata__", "'k'", "not null"});
  check_header_error(R"({"__metadata__":{"k":[]}})", {"__metadata__", "'k'", "not a list"});
  check_header_error(R"({"__metadata__":"x"})", {"__metadata__", "object", "'x'"});
  check_header_error(R"({"__metadata__":null})", {"__metadata__", "object", "null"});
  check_header_error(R"({"__metadata__":{"k":"","k":""}})", {"__metadata__", "duplicate key 'k'"});
  check_header_error(R"({"__metadata__":{},"__metadata__":{}})", {"duplicate key '__metadata__'"});
}

TEST_CASE("a tensor whose fields are not the three of the format is refused") {
  const std::string dtype = R"("dtype":"F32")", shape = R"("shape":[2])",
                    offsets = R"("data_offsets":[0,8])";
  CHECK(error_of(safetensors_bytes("{\"a\":{" + dtype + "," + shape + "," + offsets + "}}",
                                   std::string(8, '\0')))
            .empty());
  check_tensor_error("{}", {"no field 'dtype'"});
  check_tensor_error("{" + shape + "," + offsets + "}", {"no field 'dtype'"});
  check_tensor_error("{" + dtype + "," + offsets + "}", {"no field 'shape'"});
  check_tensor_error("{" + dtype + "," + shape + "}", {"no field 'data_offsets'"});
  check_tensor_error("{" + dtype + "," + dtype + "}", {"duplicate field 'dtype'"});
  check_tensor_error("{" + shape + "," + shape + "}", {"duplicate field 'shape'"});
  check_tensor_error("{" + offsets + "," + offsets + "}", {"duplicate field 'data_offsets'"});
  check_tensor_error(R"({"strides":[1]})", {"unknown field 'strides'"});
  check_tensor_error("7", {"must be an object, not 7"});
  check_tensor_error("[]", {"must be an object, not a list"});
  check_tensor_error("true", {"must be an object, not true"});
  check_header_error(R"({"a":{)" + dtype + "," + shape + "," + offsets + R"(},"a":{}})",
                     {"duplicate key 'a'"});
  check_header_error(R"({"a":{)" + dtype + "," + shape + "," + offsets + R"(},"\u0061":{}})",
                     {"duplicate key 'a'"});
}

TEST_CASE("a field of the wrong type is refused") {
  check_tensor_error(R"({"dtype":3})", {"dtype must be a string, not 3"});
  check_tensor_error(R"({"dtype":["F32"]})", {"dtype must be a string, not a list"});
  check_tensor_error(R"({"shape":2})", {"shape must be a list", "not 2"});
  check_tensor_error(R"({"shape":"2"})", {"shape must be a list", "the string '2'"});
  check_tensor_error(R"({"shape":["2"]})", {"shape", "whole numbers", "hold the string '2'"});
  check_tensor_error(R"({"shape":[1.0]})", {"shape", "whole numbers", "hold '1.0'"});
  check_tensor_error(R"({"shape":[-1]})", {"shape", "whole numbers", "negative"});
  check_tensor_error(R"({"shape":[null]})", {"shape", "hold null"});
  check_tensor_error(R"({"shape":[true]})", {"shape", "hold true"});
  check_tensor_error(R"({"shape":[9223372036854775808]})", {"2^63", "9223372036854775808"});
  check_tensor_error(R"({"shape":[99999999999999999999]})", {"2^63", "'99999999999999999999'"});
  check_tensor_error(R"({"data_offsets":[0,-8]})", {"data_offsets", "negative"});
  check_tensor_error(R"({"data_offsets":{}})", {"data_offsets", "an object"});
  for (const std::string offsets : {"[]", "[0]", "[0,8,8]"})
    check_tensor_error(R"({"dtype":"F32","shape":[2],"data_offsets":)" + offsets + "}",
                       {"data_offsets must be two numbers"});
}

TEST_CASE("a dtype, shape and offsets that do not agree are refused") {
  const auto tensor = [](const std::string& dtype, const std::string& shape,
                         const std::string& offsets) {
    return R"({"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets +
           "}";
  };
  check_tensor_error(tensor("F12", "[2]", "[0,8]"), {"no dtype 'F12'"});
  check_tensor_error(tensor("f32", "[2]", "[0,8]"), {"no dtype 'f32'"});
  check_tensor_error(tensor("F32", "[3]", "[0,8]"), {"hold 8 bytes", "needs 12"});
  check_tensor_error(tensor("F32", "[1]", "[0,8]"), {"hold 8 bytes", "needs 4"});
  check_tensor_error(tensor("F32", "[0]", "[0,8]"), {"hold 8 bytes", "needs 0"});
  check_tensor_error(tensor("F32", "[2]", "[8,0]"), {"[8, 0] end before they begin"});
  check_tensor_error(tensor("F32", "[2]", "[1,9]"), {"out of range", "8 bytes of data"});
  check_tensor_error(tensor("F32", "[2]", "[0,9223372036854775807]"), {"out of range"});
  check_tensor_error(tensor("F4", "[3]", "[0,2]"), {"F4 of shape [3] does not fill whole bytes"});
  check_tensor_error(tensor("F6_E2M3", "[2]", "[0,2]"), {"does not fill whole bytes"});
  check_tensor_error(tensor("F32", "[4294967296,4294967296]", "[0,8]"), {"overflow"});
  check_tensor_error(tensor("U8", "[4294967296,4294967296]", "[0,8]"), {"overflow"});
  check_tensor_error(tensor("F64", "[1152921504606846976]", "[0,8]"), {"overflow"});
  check_tensor_error(tensor("F32", "[0,4294967296,4294967296]", "[0,0]"), {"overflow"});
  check_tensor_error(tensor("F32", "[4294967296,4294967296,0]", "[0,0]"), {"overflow"});
}

TEST_CASE("data that is not covered exactly once is refused") {
  const auto header = [](const std::string& a, const std::string& b) {
    return R"({"a":{"dtype":"U8","shape":[4],"data_offsets":)" + a +
           R"(},"b":{"dtype":"U8","shape":[4],"data_offsets":)" + b + "}}";
  };
  const auto check = [](const std::string& text, std::size_t size,
                        const std::vector<std::string>& words) {
    check_error(safetensors_bytes(text, std::string(size, '\0')), words);
  };
  CHECK(error_of(safetensors_bytes(header("[4,8]", "[0,4]"), std::string(8, '\0'))).empty());
  check(header("[0,4]", "[0,4]"), 4, {"tensor 'b'", "overlaps"});
  check(header("[0,4]", "[3,7]"), 7, {"tensor 'b'", "overlaps"});
  check(header("[0,4]", "[5,9]"), 9, {"tensor 'b'", "a hole of 1 bytes"});
  check(header("[2,6]", "[6,10]"), 10, {"tensor 'a'", "a hole of 2 bytes"});
  check(header("[0,4]", "[4,8]"), 11, {"a hole", "3 bytes after the last tensor"});
  check(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
        R"("b":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}})",
        4, {"tensor 'b'", "overlaps"});
}

TEST_CASE("names in errors are printable and short") {
  check_header_error(R"({"a\n\u001b[31m\u007f\u009b":7})", {R"('a\n\x1b[31m\x7f\u{9b}')"});
  check_header_error(R"({")" + std::string(100000, 'n') + R"(":7})",
                     {"'" + std::string(49, 'n') + "..." + std::string(48, 'n') + "'"});
  check_header_error(R"({"层.权重":7})", {"'层.权重'"});
  CHECK(error_of(safetensors_bytes(R"({")" + std::string(100000, 'n') + R"(":7})", "")).size() <
        200);
}
