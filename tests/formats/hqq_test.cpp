// SPDX-License-Identifier: Apache-2.0
// HQQ's iterations against those that hqq itself made, in f32 as there: codes and scales are equal,
// zero points within a few ulp, since means are summed in another order, and weights within 2e-7 of
// the largest.
#include <cmath>
#include <cstring>

#include "reference/reference.h"
#include "reference/simd/parallel.h"
#include "suites/inputs/distributions.h"
#include "tests/formats/integers.h"
#include "tests/formats/torchao.h"

namespace qbench {
namespace {

using namespace as_data;
using test::Golden, test::kNoTorchao, test::kTorchao, test::kTorchaoFile;

constexpr int kGroup = 64;

// The mode with its numbers in f32; `iterations` 0 is hqq's start.
Mode in_f32(Mode mode, int iterations) {
  mode.format.scale.storage = mode.format.zero_number.storage = stored::f32;
  mode.quantizer.search = HalfQuadratic{.iterations = iterations};
  return mode;
}

std::vector<float> floats(const Buffer<std::byte>& bytes) {
  std::vector<float> out(bytes.size() / sizeof(float));
  std::memcpy(out.data(), bytes.data(), bytes.size());
  return out;
}

// The distance in units of the last place of the larger zero point, or of 1 where both are less:
// they are means of numbers of the size of codes.
double ulps(float a, float b) {
  const float most = std::max({std::abs(a), std::abs(b), 1.0f});
  return static_cast<double>(std::abs(a - b)) /
         static_cast<double>(std::nextafter(most, 2 * most) - most);
}

void check(const Golden& golden, const std::string& input, const std::string& key,
           const Mode& mode) {
  CAPTURE(input, key);
  const Matrix w = golden.matrix(input + "/input");
  QuantizedMatrix ours(mode.format, kGroup, w.rows, w.cols);
  reference::quantize(w, mode, ours);
  const QuantizedMatrix theirs = test::torchao_planes(golden, input + key, mode.format, kGroup);
  CHECK(std::ranges::equal(ours.codes, theirs.codes));
  CHECK(std::ranges::equal(ours.scales.numbers, theirs.scales.numbers));
  const std::vector<float> a = floats(ours.zeros.numbers), b = floats(theirs.zeros.numbers);
  REQUIRE(a.size() == b.size());
  for (std::size_t g = 0; g < a.size(); ++g)
    if (a[g] != b[g]) CHECK(ulps(a[g], b[g]) <= 4);
  const Matrix expected = golden.matrix(input + key + "dequantized");
  Matrix decoded(w.rows, w.cols);
  reference::dequantize(ours, decoded);
  float most = 0, off = 0;
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    most = std::max(most, std::abs(expected.values[i]));
    off = std::max(off, std::abs(decoded.values[i] - expected.values[i]));
  }
  CHECK(off <= 2e-7f * most);
}

}  // namespace

TEST_CASE(
    "the half-quadratic modes have the codes and scales of hqq, and its zero points and weights") {
  if (test::absent(kTorchao)) QBENCH_SKIP(kNoTorchao);
  const Golden golden(kTorchaoFile);
  for (const auto& [bits, mode] :
       {std::pair{2, &kInt2Hqq}, {3, &kInt3Hqq}, {4, &kInt4Hqq}, {8, &kInt8AsymHqq}})
    for (const std::string input : {"normal", "student_t", "outliers"}) {
      const std::string key = "/hqq-int" + std::to_string(bits);
      check(golden, input, key + "/start/", in_f32(*mode, 0));
      check(golden, input, key + "/optimized/", in_f32(*mode, 20));
    }
}

TEST_CASE("half-quadratic zero points lower the mean error, and do not depend on the threads") {
  const Matrix w = make_weights(Input::student_t, 64, 500, 1);
  Matrix start(64, 500), found(64, 500);
  const auto mean_error = [&](const Mode& mode, Matrix& decoded) {
    const reference::WithThreads threads(mode.name == kInt4Hqq.name ? 1 : 3);
    QuantizedMatrix q(mode.format, kGroup, w.rows, w.cols);
    reference::quantize(w, mode, q);
    reference::dequantize(q, decoded);
    double sum = 0;
    for (std::size_t i = 0; i < w.values.size(); ++i)
      sum += static_cast<double>(std::abs(w.values[i] - decoded.values[i]));
    return sum;
  };
  Mode other = in_f32(kInt4Hqq, 20);
  const double before = mean_error(in_f32(kInt4Hqq, 0), start);
  CHECK(mean_error(other, found) < before);
  other.name = "more threads";
  Matrix again(64, 500);
  mean_error(other, again);
  CHECK(std::ranges::equal(found.values, again.values));
}

}  // namespace qbench
