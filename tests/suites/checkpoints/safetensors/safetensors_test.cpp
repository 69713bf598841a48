// SPDX-License-Identifier: Apache-2.0
// The safetensors reader on files that are right: golden bytes, and every number of the 16-bit
// types.
#include "suites/checkpoints/safetensors/safetensors.h"

#include <bit>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/suites/checkpoints/safetensors/safetensors_bytes.h"

using namespace qbench;

namespace {

std::string all_16_bit_numbers() {
  std::string data;
  for (int i = 0; i < 65536; ++i) {
    data += static_cast<char>(i & 0xff);
    data += static_cast<char>(i >> 8);
  }
  return data;
}

// By the definition of IEEE 754: sign, exponent with its bias, fraction.
double number(int bits, int exponent_bits, int fraction_bits) {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const int exponent = bits >> fraction_bits & ((1 << exponent_bits) - 1);
  const int fraction = bits & ((1 << fraction_bits) - 1);
  const double sign = bits >> 15 ? -1 : 1;
  if (exponent == (1 << exponent_bits) - 1) return fraction ? NAN : sign * INFINITY;
  if (exponent == 0) return sign * std::ldexp(fraction, 1 - bias - fraction_bits);
  return sign * std::ldexp(fraction + (1 << fraction_bits), exponent - bias - fraction_bits);
}

void check_all_numbers(const std::string& dtype, int exponent_bits) {
  const std::string file = one_tensor("a", dtype, "[256,256]", all_16_bit_numbers());
  const Matrix matrix = to_matrix(parse_safetensors(as_bytes(file)).at(0));
  REQUIRE(matrix.size() == 65536);
  int wrong = 0;
  for (int i = 0; i < 65536; ++i) {
    const float value = matrix.values[static_cast<std::size_t>(i)];
    const double expected = number(i, exponent_bits, 15 - exponent_bits);
    const bool same = std::isnan(expected) ? std::isnan(value) : value == expected;
    wrong += !(same && std::signbit(value) == (i >> 15 != 0));
  }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("golden bytes of a safetensors file give its tensors") {
  const char file[] =
      "\x76\0\0\0\0\0\0\0"
      R"({"w":{"dtype":"F32","shape":[1,2],"data_offsets":[4,12]},)"
      R"("b":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}        )"
      "\x00\x3c\x01\x80"                   // 1, -2^-24
      "\x00\x00\xc0\x3f\x00\x00\x00\x80";  // 1.5, -0
  const std::string bytes(file, sizeof(file) - 1);
  const std::vector<Tensor> tensors = parse_safetensors(as_bytes(bytes));
  REQUIRE(tensors.size() == 2);
  CHECK(tensors[0].name == "b");
  CHECK(tensors[0].dtype == "F16");
  CHECK(tensors[0].shape == std::vector<std::int64_t>{2});
  const Matrix b = to_matrix(tensors[0]);
  CHECK(b.rows == 1);
  CHECK(b.cols == 2);
  CHECK(b.values[0] == 1.0f);
  CHECK(b.values[1] == -0x1p-24f);
  CHECK(tensors[1].name == "w");
  CHECK(tensors[1].bytes.size() == 8);
  const Matrix w = to_matrix(tensors[1]);
  CHECK(w.values[0] == 1.5f);
  CHECK(w.values[1] == 0.0f);
  CHECK(std::signbit(w.values[1]));
}

TEST_CASE("every F16 and every BF16 number becomes the same number in f32") {
  check_all_numbers("F16", 5);
  check_all_numbers("BF16", 8);
}

TEST_CASE("a NaN keeps its payload") {
  const std::string half = one_tensor("a", "F16", "[1]", "\x01\xfe");
  const Matrix from_half = to_matrix(parse_safetensors(as_bytes(half)).at(0));
  CHECK(std::bit_cast<std::uint32_t>(from_half.values[0]) == 0xffc02000u);
  const std::string brain = one_tensor("a", "BF16", "[1]", "\xc1\x7f");
  const Matrix from_brain = to_matrix(parse_safetensors(as_bytes(brain)).at(0));
  CHECK(std::bit_cast<std::uint32_t>(from_brain.values[0]) == 0x7fc10000u);
}

TEST_CASE("data may lie at any address") {
  for (std::size_t shift = 0; shift < 4; ++shift) {
    CAPTURE(shift);
    const std::string header = R"({"p":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                               R"("a":{"dtype":"F32","shape":[2],"data_offsets":[1,9]},)"
                               R"("b":{"dtype":"BF16","shape":[2],"data_offsets":[9,13]}})";
    const std::string data("\xff\x00\x00\x80\x3f\x00\x00\x00\xc0\x80\x3f\x00\xc0", 13);
    const std::string file = std::string(shift, '\0') + safetensors_bytes(header, data);
    const std::vector<Tensor> tensors = parse_safetensors(as_bytes(file).subspan(shift));
    for (const std::size_t i : {1, 2}) {
      const Matrix matrix = to_matrix(tensors.at(i));
      CHECK(matrix.values[0] == 1.0f);
      CHECK(matrix.values[1] == -2.0f);
    }
  }
}

TEST_CASE("a tensor of any rank is a matrix") {
  struct Example {
    std::string shape;
    std::int64_t rows, cols;
  };
  const Example examples[] = {{"[]", 1, 1},       {"[6]", 1, 6},         {"[2,3]", 2, 3},
                              {"[2,3,4]", 2, 12}, {"[1,128,1]", 1, 128}, {"[5,1,1,2]", 5, 2}};
  for (const auto& [shape, rows, cols] : examples) {
    CAPTURE(shape);
    const std::string file =
        one_tensor("a", "F32", shape, std::string(static_cast<std::size_t>(4 * rows * cols), '\0'));
    const Tensor tensor = parse_safetensors(as_bytes(file)).at(0);
    CHECK(tensor.rows() == rows);
    CHECK(tensor.cols() == cols);
    CHECK(to_matrix(tensor).size() == rows * cols);
  }
}

TEST_CASE("a dtype that is defined and not read is a tensor that says so") {
  struct Example {
    std::string dtype;
    std::size_t bits;
  };
  const Example examples[] = {{"BOOL", 8},    {"U8", 8},         {"I8", 8},          {"U16", 16},
                              {"I16", 16},    {"U32", 32},       {"I32", 32},        {"C64", 64},
                              {"U64", 64},    {"I64", 64},       {"F8_E5M2", 8},     {"F4", 4},
                              {"F8_E4M3", 8}, {"F8_E8M0", 8},    {"F8_E4M3FNUZ", 8}, {"F6_E3M2", 6},
                              {"F6_E2M3", 6}, {"F8_E5M2FNUZ", 8}};
  for (const auto& [dtype, bits] : examples) {
    CAPTURE(dtype);
    const std::string file = one_tensor("a", dtype, "[4]", std::string(bits / 2, '\0'));
    const Tensor tensor = parse_safetensors(as_bytes(file)).at(0);
    CHECK(tensor.unusable() ==
          "dtype " + dtype + " is not read by itself (F64, F32, F16 and BF16 are)");
    CHECK_THROWS_AS(to_matrix(tensor), std::runtime_error);
  }
  for (const auto& [dtype, size] :
       {std::pair{"F64", 8}, std::pair{"F32", 4}, std::pair{"F16", 2}, std::pair{"BF16", 2}}) {
    const std::string file =
        one_tensor("a", dtype, "[1]", std::string(static_cast<std::size_t>(size), '\0'));
    CHECK(parse_safetensors(as_bytes(file)).at(0).unusable().empty());
  }
}

TEST_CASE("a tensor without elements is a tensor that says so") {
  for (const std::string shape : {"[0]", "[0,3]", "[3,0]", "[2,0,2]"}) {
    CAPTURE(shape);
    const std::string file = one_tensor("a", "F32", shape, "");
    const Tensor tensor = parse_safetensors(as_bytes(file)).at(0);
    CHECK(tensor.unusable() == "has no elements");
    CHECK(tensor.rows() * tensor.cols() == 0);
    CHECK_THROWS_AS(to_matrix(tensor), std::runtime_error);
  }
  // It may lie between others, at the begin and at the end, listed in any order.
  const std::string file =
      safetensors_bytes(R"({"end":{"dtype":"F32","shape":[0],"data_offsets":[8,8]},)"
                        R"("b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},)"
                        R"("a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},)"
                        R"("begin":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},)"
                        R"("between":{"dtype":"F32","shape":[2,0],"data_offsets":[4,4]}})",
                        std::string(8, '\0'));
  std::string names;
  for (const Tensor& tensor : parse_safetensors(as_bytes(file))) names += tensor.name + " ";
  CHECK(names == "begin a between b end ");
}

TEST_CASE("metadata is read over, and a header may be padded with spaces") {
  const std::string header = R"({"__metadata__":{"format":"pt","a":""},)"
                             R"("a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}   )";
  const std::string file = safetensors_bytes(header, "\1");
  CHECK(parse_safetensors(as_bytes(file)).size() == 1);
}
