// SPDX-License-Identifier: Apache-2.0
// Scales on the emulator where rules part ways: powers of two at every exponent, floors under
// scales, searches, and tensors and tiles of more weights than a warp takes in one turn.
#include <cmath>
#include <limits>

#include "tests/catch.h"
#include "tests/kernels/check.h"

using namespace qbench;
using namespace qbench::test;

namespace {

bool of_family(const Mode& mode, std::initializer_list<std::string_view> families) {
  return std::ranges::find(families, mode.family) != families.end();
}

void check_quantize(const Mode& mode, const Matrix& weights) {
  const QuantizedMatrix quantized = reference::quantize(mode, mode.block_size, weights);
  const Problem problem = {
      .op = Op::quantize, .mode = &mode, .weights = &weights, .quantized = &quantized};
  for (const Kernel& kernel : emulated::kernels()) {
    if (kernel.mode != &mode || kernel.op != Op::quantize) continue;
    CAPTURE(mode.name, kernel.name, weights.rows, weights.cols);
    CHECK(verdict(kernel, problem).wrong == "");
  }
}

// A row each: the largest, and two smaller ones by which searches decide.
Matrix rows_of(const std::vector<float>& absmax) {
  Matrix weights(static_cast<std::int64_t>(absmax.size()), 3);
  for (std::int64_t r = 0; r < weights.rows; ++r) {
    const float most = absmax[static_cast<std::size_t>(r)];
    weights.row(r)[0] = 0.3f * most;
    weights.row(r)[1] = -most;
    weights.row(r)[2] = 0.07f * most;
  }
  return weights;
}

}  // namespace

TEST_CASE("scales are the reference's at every exponent, and beside what rounds up to the next") {
  std::vector<float> absmax;
  for (int e = -149; e <= 127; ++e)
    for (const int mantissa : {0, 1, 2, 3, 6, 23}) {
      const auto x = static_cast<float>(std::ldexp(2 - std::ldexp(1.0, -mantissa), e));
      absmax.insert(absmax.end(), {std::nextafter(x, 0.0f), x,
                                   std::nextafter(x, std::numeric_limits<float>::infinity())});
    }
  const Matrix weights = rows_of(absmax);
  for (const Mode* mode : all_modes())
    if (of_family(*mode, {"mx", "nvfp4", "fp8", "fp6"})) check_quantize(*mode, weights);
}

TEST_CASE("tensors and tiles of many weights have the scales of all of them") {
  for (const auto& [n, k] : {std::pair{300, 700}, {129, 257}, {1, 40000}}) {
    const Matrix weights = make_weights(Input::student_t, n, k, 3);
    for (const Mode* mode : all_modes())
      if (mode->format.granularity == Granularity::tensor ||
          mode->format.granularity == Granularity::tile)
        if (mode->quantized()) check_quantize(*mode, weights);
  }
}
