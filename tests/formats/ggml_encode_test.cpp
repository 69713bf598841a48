// SPDX-License-Identifier: Apache-2.0
// The bytes that GGUF's modes write, against ggml's own, and their errors on normal weights.
#include "reference/reference.h"
#include "tests/formats/differing.h"
#include "tests/formats/ggml_types.h"
#include "tests/golden.h"
#include "tests/reference/gaussian.h"

namespace qbench {
namespace {

using namespace as_data;

const std::string kInputs[] = {"normal", "student_t", "edge", "ternary"};

// Relative squared errors of ggml's quantizers on normal weights, by ggml itself, with the standard
// errors of that measurement.
struct Known {
  const Mode& mode;
  double nmse, standard_error;
};
const Known kKnown[] = {
    {kQ4_0, 0.00738309, 3.4e-6},     {kQ4_1, 0.00611964, 2.4e-6},
    {kQ5_0, 0.00182258, 8.6e-7},     {kQ5_1, 0.0014333, 5.6e-7},
    {kQ8_0, 2.86415e-05, 1.4e-8},    {kQ2_K, 0.0879275, 5.5e-5},
    {kQ3_K, 0.0227702, 1.3e-5},      {kQ4_K, 0.0050937, 2.7e-6},
    {kQ5_K, 0.00130475, 7.2e-7},     {kQ6_K, 0.000314647, 1.3e-7},
    {kIq4_nl, 0.00579514, 2.9e-6},   {kIq4_xs, 0.00588442, 2.9e-6},
    {kTq1_0, 0.651228, 3.3e-4},      {kTq2_0, 0.651228, 3.3e-4},
    {kQ1_0, 0.360797, 8.3e-5},       {kQ2_0, 0.514579, 2.0e-4},
    {kMxfp4Ggml, 0.0132227, 5.6e-6}, {kNvfp4OneLevel, 0.00904333, 3.4e-6},
};

// Returns 2^20 normal weights, in rows of whole units.
Matrix normal_weights() {
  Matrix all = many_normal(256);
  all.rows = 4096;
  all.values.resize(static_cast<std::size_t>(all.size()));
  return all;
}

ErrorRatio error_of(const Mode& mode, const Matrix& w) {
  Matrix decoded(w.rows, w.cols);
  reference::dequantize(reference::quantize(mode, mode.block_size, w), decoded);
  ErrorRatio ratio;
  for (std::int64_t begin = 0; begin < w.size(); begin += w.cols)
    ratio.add(w, decoded, begin, begin + w.cols);
  return ratio;
}

}  // namespace

TEST_CASE("every mode of GGUF writes the bytes that ggml writes") {
  if (test::absent("ggml_golden")) QBENCH_SKIP("there is no ../shared/ggml_golden");
  const test::Golden golden("ggml_golden/outputs.safetensors");
  for (const GgmlType& type : kGgmlTypes)
    for (const std::string& input : kInputs) {
      const std::string key = input + "/" + type.name + "/";
      if (type.mode == nullptr || !golden.has(key + "bytes")) continue;
      CAPTURE(key);
      const Matrix w = golden.matrix(input + "/input");
      const QuantizedMatrix ours = reference::quantize(*type.mode, type.group, w);
      const QuantizedMatrix theirs =
          read_blocks(type, golden.numbers<std::uint8_t>(key + "bytes"), w.rows, w.cols);
      for_each_plane(ours, theirs, [&](Plane plane, const auto& own, const auto& other) {
        CAPTURE(name(plane).name);
        CHECK(test::differing(own, other) == 0);
      });
    }
}

TEST_CASE("OCP's mxfp4 rounds other codes than ggml's: 318 on normal weights, of the same value") {
  if (test::absent("ggml_golden")) QBENCH_SKIP("there is no ../shared/ggml_golden");
  const test::Golden golden("ggml_golden/outputs.safetensors");
  const Matrix w = golden.matrix("normal/input");
  const QuantizedMatrix ocp = reference::quantize(kMxfp4, 32, w),
                        ggml = reference::quantize(kMxfp4Ggml, 32, w);
  const std::int64_t count = w.size();
  CHECK(count == 8192);
  CHECK(test::differing(test::nibbles(ocp.codes, count, Packing::low_first),
                        test::nibbles(ggml.codes, count, Packing::low_first)) == 318);
  CHECK(test::differing_weights(ocp, ggml) == 0);
}

TEST_CASE("OCP's mxfp4 has 89 of 4096 other values than ggml's on edges") {
  if (test::absent("ggml_golden")) QBENCH_SKIP("there is no ../shared/ggml_golden");
  const test::Golden golden("ggml_golden/outputs.safetensors");
  const Matrix w = golden.matrix("edge/input");
  CHECK(w.size() == 4096);
  CHECK(test::differing_weights(reference::quantize(kMxfp4, 32, w),
                                reference::quantize(kMxfp4Ggml, 32, w)) == 89);
}

TEST_CASE("every mode of GGUF has the error on normal weights that ggml has") {
  const Matrix w = normal_weights();
  for (const auto& [mode, nmse, standard_error] : kKnown) {
    const ErrorRatio ratio = error_of(mode, w);
    CAPTURE(mode.name, nmse, ratio.nmse(), ratio.standard_error());
    CHECK(std::abs(ratio.nmse() - nmse) <= 4 * std::hypot(ratio.standard_error(), standard_error));
    CHECK(ratio.standard_error() <= 0.004 * ratio.nmse());
  }
}

}  // namespace qbench
