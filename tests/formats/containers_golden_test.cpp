// SPDX-License-Identifier: Apache-2.0
// Layers of checkpoints as others write them, as planes of formats described as data: the weights
// are those that the files mean.
#include "tests/formats/containers.h"
#include "tests/formats/floats.h"
#include "tests/formats/integers.h"

namespace qbench {
namespace {

using namespace as_data;
using test::all;
using test::Container;
using test::kDown;
using test::kQuery;
using test::Numbers;
using test::Shape;

const char* const kAbsent = "there is no ../shared/containers_golden";
bool absent() { return test::absent("containers_golden"); }

Matrix expected(const Container& container, const std::string& layer) {
  return container.expected.matrix(layer + "weight");
}

Shape shape_of(const Matrix& weights, int size) {
  return {weights.rows, weights.cols, (weights.cols + size - 1) / size};
}

// The tensors of a layer that become planes.
using Parts = std::vector<std::string>;

std::int64_t bytes_of(const test::Golden& model, const std::string& layer, const Parts& parts) {
  std::size_t bytes = 0;
  for (const std::string& part : parts) bytes += model.bytes(layer + part).size();
  return static_cast<std::int64_t>(bytes);
}

// The planes decode to the weights and take the bytes of the file.
void check(const Format& format, int size, const Matrix& weights, const Numbers& numbers,
           std::int64_t bytes) {
  const QuantizedMatrix q = test::planes(format, size, weights.rows, weights.cols, numbers);
  test::check_decoded(q, weights.values);
  CHECK(q.weight_bytes() + q.scale_bytes() == bytes);
}

const Parts kInteger = {"qweight", "qzeros", "scales"};
const Parts kOrdered = {"qweight", "qzeros", "scales", "g_idx"};
const Parts kCompressed = {"weight_packed", "weight_scale"};
const Parts kCompressedZeros = {"weight_packed", "weight_scale", "weight_zero_point"};

struct Gptq {
  std::string folder;
  int bits;
  int zero_offset;
};
const Gptq kGptq[] = {{"gptq2_v1", 2, 1},
                      {"gptq3_v1", 3, 1},
                      {"gptq4_v1", 4, 1},
                      {"gptq8_v1", 8, 1},
                      {"gptq4_v2", 4, 0}};

}  // namespace

TEST_CASE("GPTQ of 2, 3, 4 and 8 bits means the weights that its packer was given") {
  if (absent()) QBENCH_SKIP(kAbsent);
  for (const auto& [folder, bits, zero_offset] : kGptq) {
    CAPTURE(folder);
    const Container container(folder);
    const Matrix weights = expected(container, kDown);
    const Numbers numbers =
        test::gptq(container.model, kDown, shape_of(weights, 32), bits, zero_offset);
    check(integer_zeros(bits, stored::f32), 32, weights, numbers,
          bytes_of(container.model, kDown, kInteger));
  }
}

TEST_CASE("GPTQ with act-order finds the group of each column in the plane of the order") {
  if (absent()) QBENCH_SKIP(kAbsent);
  for (const auto& [folder, bits, zero_offset] : kGptq)
    for (const std::string& layer : {kDown, kQuery}) {
      const Container container(folder);
      if (!container.model.has(layer + "g_idx")) continue;
      CAPTURE(folder, layer);
      const Matrix weights = expected(container, layer);
      Numbers numbers =
          test::gptq(container.model, layer, shape_of(weights, 32), bits, zero_offset);
      numbers.order = all<std::int32_t>(container.model, layer + "g_idx");
      check(by_order(integer_zeros(bits, stored::f32)), 32, weights, numbers,
            bytes_of(container.model, layer, kOrdered));
    }
}

TEST_CASE("AWQ's interleaved words mean the weights that its own kernel reads in them") {
  if (absent()) QBENCH_SKIP(kAbsent);
  const Container container("awq_gemm");
  const Matrix weights = expected(container, kDown);
  check(integer_zeros(4, stored::f16), 32, weights,
        test::awq(container.model, kDown, shape_of(weights, 32)),
        bytes_of(container.model, kDown, kInteger));
}

// The file's author has weights of -0 where they were rounded to 0, which an integer cannot say.
TEST_CASE("compressed-tensors' int4, symmetric or not, means the weights that it was given") {
  if (absent()) QBENCH_SKIP(kAbsent);
  for (const auto& [folder, zero] :
       {std::pair{"ct_int4_sym", Zero::none}, std::pair{"ct_int4_asym", Zero::point}}) {
    CAPTURE(folder);
    const Container container(folder);
    Matrix weights = expected(container, kDown);
    for (float& weight : weights.values) weight += 0.0f;
    check(signed_integers(4, zero), 32, weights,
          test::compressed_int4(container.model, kDown, shape_of(weights, 32)),
          bytes_of(container.model, kDown, zero == Zero::none ? kCompressed : kCompressedZeros));
  }
}

TEST_CASE("FP8 with a bf16 scale a row and with an f32 scale a tile means its weights") {
  if (absent()) QBENCH_SKIP(kAbsent);
  const Container rows("ct_fp8_channel"), tiles("deepseek_fp8");
  check(kFp8RowsUnderBf16, 0, expected(rows, kDown),
        {.codes = all<std::uint8_t>(rows.model, kDown + "weight"),
         .scales = all<std::uint16_t>(rows.model, kDown + "weight_scale")},
        bytes_of(rows.model, kDown, {"weight", "weight_scale"}));
  check(kFp8Tiles.format, 128, expected(tiles, kDown),
        {.codes = all<std::uint8_t>(tiles.model, kDown + "weight"),
         .scales = all<std::uint32_t>(tiles.model, kDown + "weight_scale_inv")},
        bytes_of(tiles.model, kDown, {"weight", "weight_scale_inv"}));
}

TEST_CASE("MXFP4 of compressed-tensors and of gpt-oss' stacked experts means its weights") {
  if (absent()) QBENCH_SKIP(kAbsent);
  const Container plain("ct_mxfp4"), experts("gpt_oss_mxfp4");
  check(kMxfp4.format, 32, expected(plain, kDown),
        {.codes = test::low_first(plain.model, kDown + "weight_packed"),
         .scales = all<std::uint8_t>(plain.model, kDown + "weight_scale")},
        bytes_of(plain.model, kDown, kCompressed));
  const std::string name = "model.layers.0.mlp.experts.gate_up_proj";
  check(kMxfp4.format, 32, experts.expected.matrix(name),
        {.codes = test::low_first(experts.model, name + "_blocks"),
         .scales = all<std::uint8_t>(experts.model, name + "_scales")},
        bytes_of(experts.model, name, {"_blocks", "_scales"}));
}

// The files' author divides E2M1 x E4M3 by the global scale with one rounding; planes hold its
// reciprocal and round three times, as torchao and ModelOpt do.
TEST_CASE("NVFP4 of compressed-tensors and ModelOpt is within the rounding of its two levels") {
  if (absent()) QBENCH_SKIP(kAbsent);
  const Container compressed("ct_nvfp4"), modelopt("modelopt_nvfp4");
  const Matrix weights = expected(compressed, kDown);
  const float global = compressed.model.numbers<float>(kDown + "weight_global_scale").at(0);
  const Numbers theirs = {.codes = test::low_first(compressed.model, kDown + "weight_packed"),
                          .scales = all<std::uint8_t>(compressed.model, kDown + "weight_scale"),
                          .outer = {test::bits_of(1 / global)}};
  const Numbers other = {.codes = test::low_first(modelopt.model, kDown + "weight"),
                         .scales = all<std::uint8_t>(modelopt.model, kDown + "weight_scale"),
                         .outer = all<std::uint32_t>(modelopt.model, kDown + "weight_scale_2")};
  const QuantizedMatrix q = test::planes(kNvfp4.format, 16, weights.rows, weights.cols, theirs);
  const auto decoded = test::dequantized(q);
  for (std::size_t i = 0; i < decoded.size(); ++i) {
    CAPTURE(i, decoded[i], weights.values[i]);
    const auto weight = static_cast<double>(weights.values[i]);
    CHECK(std::abs(static_cast<double>(decoded[i]) - weight) <= 3 * 0x1p-24 * std::abs(weight));
  }
  check(kNvfp4.format, 16, test::matrix(weights.rows, weights.cols, decoded), other,
        bytes_of(modelopt.model, kDown, {"weight", "weight_scale", "weight_scale_2"}));
}

}  // namespace qbench
