// SPDX-License-Identifier: Apache-2.0
// How tensors of any rank become matrices, by size and by value.
#include "suites/checkpoints/tensors/tensor_layout.h"

#include <cstring>

#include "reference/errors/error.h"
#include "reference/reference.h"
#include "suites/checkpoints/tensors/tensor.h"
#include "suites/inputs/distributions.h"
#include "tests/catch.h"

using namespace qbench;

namespace {

Tensor tensor_of(const std::vector<float>& values, std::vector<std::int64_t> shape, Layout layout) {
  return {.name = "t",
          .dtype = "F32",
          .shape = std::move(shape),
          .bytes = std::as_bytes(std::span(values)),
          .layout = layout};
}

std::vector<float> counted(std::size_t size) {
  std::vector<float> values(size);
  for (std::size_t i = 0; i < size; ++i) values[i] = static_cast<float>(i);
  return values;
}

double nmse(const char* mode, int block_size, const Matrix& weights) {
  return weight_error(weights, reference::quantize(*find_mode(mode), block_size, weights)).nmse();
}

}  // namespace

TEST_CASE("name and shape suggest a layout") {
  struct Example {
    const char* name;
    std::vector<std::int64_t> shape;
    Layout layout;
  };
  const Example examples[] = {
      {"scalar", {}, Layout::matrix},
      {"conv.bias", {64}, Layout::matrix},
      {"q_proj.weight", {64, 64}, Layout::matrix},
      {"conv1.weight", {64, 64}, Layout::matrix},
      {"mlp.experts.gate_up_proj", {8, 2880, 5760}, Layout::stack},
      {"blk.0.ffn_gate_exps.weight", {8, 64, 32}, Layout::stack},
      {"t", {8, 64, 31}, Layout::convolution},
      {"layer1.0.downsample.0.weight", {256, 64, 1, 1}, Layout::convolution},
      {"stft_conv.weight", {258, 1, 256}, Layout::convolution},
      {"CONVOLUTION", {258, 1, 256}, Layout::convolution},
      {"visual.patch_embed.proj.weight", {1280, 3, 2, 32, 32}, Layout::convolution},
      {"vision.Patch_Embedding.weight", {768, 3, 32, 32}, Layout::convolution}};
  for (const Example& example : examples) {
    CAPTURE(example.name);
    CHECK(default_layout(example.name, example.shape) == example.layout);
  }
}

TEST_CASE("a layout decides rows, columns and slices") {
  struct Example {
    std::vector<std::int64_t> shape;
    Layout layout;
    std::int64_t rows, cols, slices;
    const char* text;
  };
  const Example examples[] = {{{}, Layout::matrix, 1, 1, 1, ""},
                              {{6}, Layout::matrix, 1, 6, 1, ""},
                              {{2, 3}, Layout::matrix, 2, 3, 1, ""},
                              {{2, 3}, Layout::transposed, 3, 2, 1, "transposed"},
                              {{2, 3, 4}, Layout::convolution, 2, 12, 1, "convolution"},
                              {{2, 3, 4}, Layout::stack, 6, 4, 2, "stack"},
                              {{2, 3, 4}, Layout::transposed, 8, 3, 2, "transposed"},
                              {{5, 2, 3, 4}, Layout::stack, 30, 4, 10, "stack"},
                              {{5, 2, 3, 4}, Layout::transposed, 40, 3, 10, "transposed"},
                              {{5, 2, 3, 4}, Layout::convolution, 5, 24, 1, "convolution"}};
  const std::vector<float> values = counted(120);
  for (const auto& [shape, layout, rows, cols, slices, text] : examples) {
    CAPTURE(shape, text);
    const Tensor tensor = tensor_of(values, shape, layout);
    CHECK(tensor.rows() == rows);
    CHECK(tensor.cols() == cols);
    CHECK(tensor.slices() == slices);
    CHECK(tensor.layout_text() == text);
  }
}

TEST_CASE("a transposed tensor is transposed slice by slice") {
  // Neither side a multiple of a tile, and more than one of them.
  const std::int64_t slices = 3, k = 130, n = 67;
  const std::vector<float> values = counted(static_cast<std::size_t>(slices * k * n));
  const Matrix matrix = to_matrix(tensor_of(values, {slices, k, n}, Layout::transposed));
  REQUIRE(matrix.rows == slices * n);
  REQUIRE(matrix.cols == k);
  int wrong = 0;
  for (std::int64_t s = 0; s < slices; ++s)
    for (std::int64_t i = 0; i < k; ++i)
      for (std::int64_t j = 0; j < n; ++j)
        wrong += matrix.row(s * n + j)[i] != static_cast<float>((s * k + i) * n + j);
  CHECK(wrong == 0);
}

TEST_CASE("a transposed tensor of 16 bits is converted as any other") {
  const std::uint16_t values[] = {0x3f80, 0xc000, 0x4040, 0x0000, 0x3f00, 0xbf80};
  Tensor tensor = {.name = "t",
                   .dtype = "BF16",
                   .shape = {2, 3},
                   .bytes = std::as_bytes(std::span(values)),
                   .layout = Layout::transposed};
  const Matrix matrix = to_matrix(tensor);
  const float expected[] = {1, 0, -2, 0.5f, 3, -1};
  CHECK(std::memcmp(matrix.values.data(), expected, sizeof(expected)) == 0);
}

TEST_CASE("experts as a stack keep the error of their own rows") {
  // Four experts whose rows differ in scale, as trained ones do.
  const std::vector<std::int64_t> shape = {4, 64, 96};
  const Matrix normal = make_weights(Input::normal, 4 * 64, 96, 1);
  std::vector<float> values(normal.values.begin(), normal.values.end());
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] *= static_cast<float>(1 << (i / (64 * 96) * 2)) * (i / 96 % 2 == 0 ? 1.0f : 0.25f);
  const Matrix stack = to_matrix(tensor_of(values, shape, Layout::stack));
  const Matrix flat = to_matrix(tensor_of(values, shape, Layout::convolution));
  REQUIRE(stack.rows == 256);
  REQUIRE(flat.rows == 4);
  const double as_stack = nmse("int8", 0, stack), as_rows = nmse("int8", 0, flat);
  CAPTURE(as_stack, as_rows);
  CHECK(as_stack < 5e-5);
  CHECK(as_stack < as_rows / 2);
  // Blocks of a flat row straddle rows of different scales.
  CHECK(nmse("int4", 64, stack) < 0.89 * nmse("int4", 64, flat));
}
