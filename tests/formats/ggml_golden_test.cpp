// SPDX-License-Identifier: Apache-2.0
// Blocks that ggml wrote, as planes of formats described as data: the weights are ggml's own to
// the bit, the planes take as many bits as its blocks.
#include "tests/formats/ggml.h"
#include "tests/formats/ggml_blocks.h"
#include "tests/golden.h"

namespace qbench {
namespace {

using namespace to_come;
using test::Numbers;

struct Type {
  std::string name;
  const Format& format;
  int group;  // weights that share a scale
  int block_weights;
  int block_bytes;
  void (*unpack)(const std::uint8_t* block, Numbers& out);
  double bits_per_param;
};

const Type kTypes[] = {
    {"q4_0", kQ4_0.format, 32, 32, 18, test::q4_0, 4.5},
    {"q4_1", kQ4_1.format, 32, 32, 20, test::q4_1, 5},
    {"q5_0", kQ5_0.format, 32, 32, 22, test::q5_0, 5.5},
    {"q5_1", kQ5_1.format, 32, 32, 24, test::q5_1, 6},
    {"q8_0", kQ8_0.format, 32, 32, 34, test::q8_0, 8.5},
    {"q2_K", kQ2_K, 16, 256, 84, test::q2_k, 2.625},
    {"q3_K", kQ3_K, 16, 256, 110, test::q3_k, 3.4375},
    {"q4_K", kQ4_K, 32, 256, 144, test::q4_k, 4.5},
    {"q5_K", kQ5_K, 32, 256, 176, test::q5_k, 5.5},
    {"q6_K", kQ6_K, 16, 256, 210, test::q6_k, 6.5625},
    {"iq4_nl", kIq4_nl, 32, 32, 18, test::iq4_nl, 4.5},
    {"iq4_xs", kIq4_xs, 32, 256, 136, test::iq4_xs, 4.25},
    {"tq1_0", kTq1_0, 256, 256, 54, test::tq1_0, 1.6875},
    {"tq2_0", kTq2_0, 256, 256, 66, test::tq2_0, 2.0625},
    {"q1_0", kQ1_0, 128, 128, 18, test::q1_0, 1.125},
    {"q2_0", kQ2_0, 64, 64, 18, test::q2_0, 2.25},
    {"mxfp4", kMxfp4.format, 32, 32, 17, test::mxfp4, 4.25},
    {"nvfp4", kNvfp4OneLevel, 16, 64, 36, test::nvfp4, 4.5},
};

const std::string kFolder = "ggml_golden";
const char* const kAbsent = "there is no ../shared/ggml_golden";
const std::string kInputs[] = {"normal", "student_t", "edge", "ternary"};

QuantizedMatrix read(const Type& type, const std::vector<std::uint8_t>& blocks, std::int64_t rows,
                     std::int64_t cols) {
  const auto size = static_cast<std::size_t>(type.block_bytes);
  REQUIRE(static_cast<std::int64_t>(blocks.size()) ==
          rows * cols / type.block_weights * type.block_bytes);
  Numbers numbers;
  for (std::size_t at = 0; at < blocks.size(); at += size) type.unpack(blocks.data() + at, numbers);
  return test::planes(type.format, type.group, rows, cols, numbers);
}

}  // namespace

TEST_CASE("planes of ggml's blocks decode to the weights that ggml reads in them") {
  if (test::absent(kFolder)) QBENCH_SKIP(kAbsent);
  const test::Golden golden(kFolder + "/outputs.safetensors");
  for (const Type& type : kTypes) {
    int inputs = 0;
    for (const std::string& input : kInputs) {
      const std::string key = input + "/" + type.name + "/";
      if (!golden.has(key + "bytes")) continue;
      CAPTURE(key);
      ++inputs;
      const Matrix expected = golden.matrix(key + "dequantized");
      test::check_decoded(
          read(type, golden.numbers<std::uint8_t>(key + "bytes"), expected.rows, expected.cols),
          expected.values);
    }
    CAPTURE(type.name);
    CHECK(inputs >= 3);
  }
}

TEST_CASE("planes take as many bits a parameter as ggml's blocks") {
  for (const Type& type : kTypes) {
    CAPTURE(type.name);
    const QuantizedMatrix q(type.format, type.group, 3, 512);
    CHECK(q.bits_per_param() == type.bits_per_param);
    CHECK(type.block_bytes * 8 == type.bits_per_param * type.block_weights);
  }
}

}  // namespace qbench
