// SPDX-License-Identifier: Apache-2.0
// Bytes that one-pass quantizers write, against ggml's. Where a rule of ggml's is not yet
// described, the bytes that differ are counted.
#include <array>

#include "reference/formats/ternary.h"
#include "reference/reference.h"
#include "tests/formats/differing.h"
#include "tests/formats/ggml_types.h"
#include "tests/formats/integers.h"
#include "tests/golden.h"

namespace qbench {
namespace {

using namespace to_come;

// roundf(x / absmax), -1 to 1; a code is that plus one.
inline constexpr float kTritThresholds[] = {-0.5f, 0x1.fffffep-2f};
constexpr Quantizer kTritQuantizer = {.rule = Rule::multiply_by_reciprocal,
                                      .rounding = Rounding::thresholds,
                                      .thresholds = {.at = kTritThresholds},
                                      .codes_from = CodesFrom::exact_scale};

constexpr Quantizer kSignQuantizer = {.statistic = Statistic::mean_abs,
                                      .rounding = Rounding::thresholds,
                                      .thresholds = {.at = kBelowZero}};

const std::string kInputs[] = {"normal", "student_t", "edge", "ternary"};

// Bytes and weights that differ, by input.
struct Encoded {
  std::string type;
  Mode mode;
  std::array<int, 4> bytes = {};
  std::array<int, 4> weights = {};
};

// ggml's MXFP4 takes the code of least |level * scale - x|, the lowest on ties, and so never -0. A
// row of zeros (the first of `edge`) has the codes of 0 in ggml's types of bits and trits, those of
// NaN here.
const Encoded kEncoded[] = {
    {"q4_0", kQ4_0},
    {"q4_1", kQ4_1},
    {"q5_0", kQ5_0},
    {"q5_1", kQ5_1},
    {"q8_0", kQ8_0},
    {"q1_0", mode(kQ1_0, kSignQuantizer), {0, 0, 512 / 8, 0}},
    {"mxfp4", kMxfp4, {310, 368, 217, 0}, {0, 0, 89, 0}},
    {"tq1_0", mode(kTq1_0, kTritQuantizer), {0, 0, 2 * 52, 0}},
    {"tq2_0", mode(kTq2_0, kTritQuantizer), {0, 0, 2 * 64, 0}},
    {"q2_0", mode(kQ2_0, kTritQuantizer), {0, 0, 8 * 16, 0}},
};

const GgmlType& type_of(const std::string& name) {
  return *std::ranges::find(kGgmlTypes, name, &GgmlType::name);
}

}  // namespace

TEST_CASE("one-pass quantizers write the bytes that ggml writes, but for those that are counted") {
  if (test::absent("ggml_golden")) QBENCH_SKIP("there is no ../shared/ggml_golden");
  const test::Golden golden("ggml_golden/outputs.safetensors");
  for (const Encoded& encoded : kEncoded)
    for (std::size_t i = 0; i < std::size(kInputs); ++i) {
      const std::string key = kInputs[i] + "/" + encoded.type + "/";
      if (!golden.has(key + "bytes")) continue;
      CAPTURE(key);
      const Matrix w = golden.matrix(kInputs[i] + "/input");
      const GgmlType& type = type_of(encoded.type);
      QuantizedMatrix q(encoded.mode.format, type.group, w.rows, w.cols);
      reference::quantize(w, encoded.mode, q);
      const QuantizedMatrix theirs =
          read_blocks(type, golden.numbers<std::uint8_t>(key + "bytes"), w.rows, w.cols);
      CHECK(test::differing_bytes(q, theirs) == encoded.bytes[i]);
      CHECK(test::differing_weights(q, theirs) == encoded.weights[i]);
    }
}

}  // namespace qbench
