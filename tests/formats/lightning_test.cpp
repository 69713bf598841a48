// SPDX-License-Identifier: Apache-2.0
// Modes of Lightning Fabric: bitsandbytes' of weights that were cast to fp16.
#include "reference/formats/lightning.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "tests/catch.h"
#include "tests/golden.h"
#include "tests/reference/matrices.h"
#include "tests/reference/rounding.h"

namespace qbench {
namespace {

constexpr std::pair<const Mode*, const Mode*> kPairs[] = {
    {&kBnbNf4, &kNf4},     {&kBnbNf4Dq, &kNf4Dq}, {&kBnbFp4, &kFp4},
    {&kBnbFp4Dq, &kFp4Dq}, {&kBnbInt8, &kInt8},   {&kInt8Training, &kInt8}};

Matrix as_fp16(Matrix weights) {
  for (float& w : weights.values) w = static_cast<float>(test::fp16(static_cast<double>(w)));
  return weights;
}

// Normal weights, and in every other row those at which fp16 ends: subnormal numbers of it, those
// that become 0, subnormal numbers of f32, the largest, and those that become infinite.
Matrix weights_across_fp16() {
  const std::int64_t rows = 12, cols = 200;
  Matrix w = test::matrix(rows, cols, test::random_values(rows * cols, 5));
  const float scales[] = {0x1p-20f, 0x1p-26f, 0x1p-130f, 0x1p14f, 0x1p15f, 0x1p17f};
  for (std::int64_t r = 0; r < rows; r += 2)
    for (std::int64_t c = 0; c < cols; ++c) w.row(r)[c] *= scales[r / 2];
  w.row(1)[7] = test::kNan;
  w.row(3)[9] = -test::kInf;
  return w;
}

bool same_planes(const QuantizedMatrix& a, const QuantizedMatrix& b) {
  bool same = true;
  for_each_plane(a, b, [&](Plane, const auto& one, const auto& other) {
    same = same && std::ranges::equal(one, other);
  });
  return same;
}

}  // namespace

TEST_CASE("each has the planes that bitsandbytes' mode gives of the weights as fp16") {
  const Matrix w = weights_across_fp16(), cast = as_fp16(w);
  for (const auto& [lightning, mode] : kPairs)
    for (const int size : mode->block_sizes.empty()
                              ? std::vector{0}
                              : std::vector(mode->block_sizes.begin(), mode->block_sizes.end())) {
      CAPTURE(lightning->name, size);
      const QuantizedMatrix q = reference::quantize(*lightning, size, w);
      CHECK(same_planes(q, reference::quantize(*mode, size, cast)));
      if (size == 64) CHECK_FALSE(same_planes(q, reference::quantize(*mode, size, w)));
    }
}

TEST_CASE("each shares the format, block sizes and dtype of bitsandbytes' mode") {
  for (const auto& [lightning, mode] : kPairs) {
    CAPTURE(lightning->name);
    CHECK(lightning->format == mode->format);
    CHECK(std::ranges::equal(lightning->block_sizes, mode->block_sizes));
    CHECK(lightning->dtype == mode->dtype);
    CHECK(find_mode(lightning->name) == lightning);
  }
}

TEST_CASE("of bf16 weights that fp16 holds they give the bytes of a checkpoint of bitsandbytes") {
  if (test::absent("bitsandbytes_golden")) QBENCH_SKIP("there is no ../shared/bitsandbytes_golden");
  const test::Golden saved("bitsandbytes_golden/checkpoint.safetensors"),
      unquantized("bitsandbytes_golden/checkpoint_unquantized.safetensors");
  for (const std::string twice : {"", "_dq"}) {
    const std::string key = "model.layers.0.nf4" + twice + ".weight";
    const Matrix w = unquantized.matrix(key);
    const QuantizedMatrix q = test::quantized(twice.empty() ? "bnb.nf4" : "bnb.nf4-dq", 64, w);
    CHECK(std::ranges::equal(q.codes, saved.bytes(key)));
    if (twice.empty()) CHECK(std::ranges::equal(q.scales.numbers, saved.bytes(key + ".absmax")));
  }
}

}  // namespace qbench
