// SPDX-License-Identifier: Apache-2.0
// Modes whose weights pass through fp16: every statistic, search and code is that of the rounded
// weights.
#include "reference/modes.h"
#include "tests/catch.h"
#include "tests/formats/differing.h"

namespace qbench::test {
namespace {

// Rows of about N(0, 1), and rows so small that fp16 keeps few bits of a weight.
Matrix weights_that_fp16_changes() {
  constexpr std::int64_t kEach = 512;  // weights of a row
  Matrix out = matrix(8, kEach, random_values(8 * kEach, 43));
  for (std::int64_t i = 0; i < out.size(); ++i)
    if (i / kEach % 2 == 1) out.values[static_cast<std::size_t>(i)] *= 0x1p-20f;
  return out;
}

Matrix in_fp16(Matrix weights) {
  for (float& w : weights.values) w = static_cast<float>(fp16(static_cast<double>(w)));
  return weights;
}

}  // namespace

TEST_CASE("whatever finds the numbers of a mode through fp16 finds those of the rounded weights") {
  const Matrix weights = weights_that_fp16_changes(), rounded = in_fp16(weights);
  int searches = 0;
  for (const Mode* built_in : kModes) {
    if (std::holds_alternative<Plain>(built_in->format.codec)) continue;
    CAPTURE(built_in->name);
    Mode mode = *built_in;
    mode.quantizer.weights_through = Dtype::fp16;
    const QuantizedMatrix found = reference::quantize(mode, mode.block_size, weights);
    CHECK(differing_bytes(found, reference::quantize(mode, mode.block_size, rounded)) == 0);
    searches += !std::holds_alternative<std::monostate>(mode.quantizer.search);
    mode.quantizer.weights_through = Dtype::fp32;
    CHECK(differing_bytes(found, reference::quantize(mode, mode.block_size, weights)) > 0);
  }
  CHECK(searches > 0);
}

}  // namespace qbench::test
