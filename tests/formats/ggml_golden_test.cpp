// SPDX-License-Identifier: Apache-2.0
// Blocks that ggml wrote, as planes of formats described as data: the weights are ggml's own to
// the bit, the planes take as many bits as its blocks.
#include "tests/formats/ggml_types.h"
#include "tests/golden.h"

namespace qbench {
namespace {

using namespace as_data;

const std::string kFolder = "ggml_golden";
const char* const kAbsent = "there is no ../shared/ggml_golden";
const std::string kInputs[] = {"normal", "student_t", "edge", "ternary"};

}  // namespace

TEST_CASE("planes of ggml's blocks decode to the weights that ggml reads in them") {
  if (test::absent(kFolder)) QBENCH_SKIP(kAbsent);
  const test::Golden golden(kFolder + "/outputs.safetensors");
  for (const GgmlType& type : kGgmlTypes) {
    int inputs = 0;
    for (const std::string& input : kInputs) {
      const std::string key = input + "/" + type.name + "/";
      if (!golden.has(key + "bytes")) continue;
      CAPTURE(key);
      ++inputs;
      const Matrix expected = golden.matrix(key + "dequantized");
      test::check_decoded(read_blocks(type, golden.numbers<std::uint8_t>(key + "bytes"),
                                      expected.rows, expected.cols),
                          expected.values);
    }
    CAPTURE(type.name);
    CHECK(inputs >= 3);
  }
}

TEST_CASE("planes take as many bits a parameter as ggml's blocks, and signs that those imply") {
  for (const GgmlType& type : kGgmlTypes) {
    CAPTURE(type.name);
    const QuantizedMatrix q(type.format, type.group, 3, 512);
    CHECK(q.bits_per_param() == type.bits_per_param + type.implied);
    CHECK(type.block_bytes * 8 == type.bits_per_param * type.block_weights);
  }
}

}  // namespace qbench
