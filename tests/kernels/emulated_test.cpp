// SPDX-License-Identifier: Apache-2.0
// The CUDA kernels on the emulator against the reference: bytes and weights are equal, products
// within their bound.
#include "tests/kernels/emulated.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <tuple>

#include "kernels/formats/family.h"
#include "reference/planes/stored_numbers.h"
#include "suites/inputs/boundaries.h"
#include "tests/catch.h"
#include "tests/kernels/edges.h"

using namespace qbench;
using namespace qbench::test;

TEST_CASE("every quantized mode has both halves: a CUDA kernel for each operation") {
  if (emulated::kernels().empty()) QBENCH_SKIP("built without CUDA's headers");
  const std::vector<Kernel> kernels = emulated::kernels();
  for (const Mode* mode : quantized_modes())
    for (const Op op : {Op::quantize, Op::dequantize, Op::matmul, Op::lora_forward}) {
      CAPTURE(mode->name, name(op));
      const Mode& compiled = op == Op::quantize ? *mode : decoded_as(*mode);
      CHECK(std::ranges::any_of(kernels, [&](const Kernel& kernel) {
              return kernel.mode == mode && kernel.op == op;
            }) == emulated::is_compiled(compiled));
    }
}

TEST_CASE("every kernel is right for every mode and type at every edge of shapes", "[edges]") {
  for_each_edge(distinct_kernels(), [](const Kernel& kernel, const Problem& problem) {
    CHECK(verdict(kernel, problem).wrong == "");
  });
}

TEST_CASE("encoders agree with the reference at every boundary between codes and beside it") {
  for (const Mode* mode : quantized_modes()) {
    const Matrix weights = make_boundaries(*mode, 64, 64);
    check(Op::quantize, *mode, mode->allows(32) ? 32 : mode->block_size, weights, Dtype::fp32);
  }
}

TEST_CASE("weights that are not numbers, infinite, zero or subnormal are the reference's bytes") {
  const float nan = std::numeric_limits<float>::quiet_NaN(),
              inf = std::numeric_limits<float>::infinity();
  const float least = std::numeric_limits<float>::min();  // normal; a third of it is not
  const float special[] = {nan,    -nan,  inf,    -inf, 0.0f,  -0.0f,  1e-40f, -1e-40f,
                           1e-38f, least, -least, 3.0f, 3e38f, -3e38f, 1e-20f, 1.0f};
  constexpr int kSpecial = 16;
  std::mt19937 random(3);
  for (const Mode* mode : quantized_modes())
    for (const int kinds : {1, 2, 3, 6, kSpecial}) {
      Matrix weights(kSpecial, 97);
      for (std::size_t i = 0; i < weights.values.size(); ++i)
        weights.values[i] = special[(i / 97 + random() % static_cast<unsigned>(kinds)) % kSpecial];
      const int size = mode->allows(32) ? 32 : mode->block_size;
      check(Op::quantize, *mode, size, weights, Dtype::fp32);
      check(Op::dequantize, *mode, size, weights, Dtype::fp32);
    }
}

TEST_CASE("decoders agree with the reference on every byte of codes and scales") {
  std::mt19937 random(5);
  for (const Mode* mode : quantized_modes())
    for (const int k : {130, 128}) {
      const int size = mode->allows(32) ? 32 : mode->block_size;
      const Matrix weights = make_weights(Input::normal, 40, k, 1);
      QuantizedMatrix quantized = reference::quantize(*mode, size, weights);
      for (std::size_t i = 0; i < quantized.codes.size(); ++i)
        quantized.codes[i] = static_cast<std::byte>(i);
      for (std::byte& zero : quantized.zeros.numbers) zero = static_cast<std::byte>(random());
      const Problem problem = {
          .op = Op::dequantize, .mode = mode, .weights = &weights, .quantized = &quantized};
      for (const Kernel& kernel : kernels_of(*mode, Op::dequantize)) {
        if (!kernel.unsupported(problem).empty()) continue;
        CAPTURE(mode->name, kernel.name, k);
        CHECK(verdict(kernel, problem).wrong == "");
      }
    }
}

// Beyond the edges above: the adapter's own kernels are the same in every mode.
TEST_CASE("layers with adapters stay within their bound at every rank, type and odd shape") {
  for (const Mode* mode : {find_mode("nf4"), find_mode("int8")})
    for (const auto& [m, rank] : {std::pair{1, 1}, {3, 40}, {17, 3}})
      for (const auto& [n, k] : {std::pair{1, 1}, {5, 77}, {33, 130}, {7, 320}})
        for (const Dtype dtype : kDtypes) {
          Inputs inputs(*mode, {m, n, k}, dtype);
          inputs.adapter = rounded(make_adapter({n, k}, rank, 1), dtype);
          for (const Kernel& kernel : kernels_of(*mode, Op::lora_forward)) {
            CAPTURE(kernel.name, mode->name, m, n, k, rank, name(dtype));
            CHECK(verdict(kernel, inputs.problem(Op::lora_forward)).wrong == "");
          }
        }
}

TEST_CASE("products whose groups are rows or the whole matrix stay within their bound") {
  for (const Mode* mode : quantized_modes())
    for (const int size : {kWholeRow, kWholeTensor})
      for (const auto& [m, k] : {std::pair{3, 77}, {3, 320}, {12, 320}, {12, 64}}) {
        if (!mode->allows(size)) continue;
        const Matrix weights = make_weights(Input::normal, 33, k, 1);
        const Matrix x = rounded(make_activations(Input::outliers, m, k, 1), Dtype::bf16);
        check(Op::matmul, *mode, size, weights, Dtype::bf16, &x);
      }
}

TEST_CASE("an absmax midway between two 8-bit scales goes to the even code, as the reference's") {
  // Their mean is 2 and the largest rest 1, so that what is coded is exactly the midpoint.
  const auto map = reference::dynamic_map();
  std::vector<float> absmax = {1, 3};
  int ties[2] = {};
  for (std::size_t code = 0; code < 255; ++code) {
    const float midpoint = (map[code] + map[code + 1]) * 0.5f;
    if ((2 + midpoint) - 2 != midpoint || (2 - midpoint) - 2 != -midpoint) continue;
    absmax.insert(absmax.end(), {2 + midpoint, 2 - midpoint});
    ++ties[code % 2];
  }
  absmax.resize(std::min<std::size_t>(absmax.size(), 256));
  REQUIRE(ties[0] > 0);
  REQUIRE(ties[1] > 0);
  for (const Mode* mode : quantized_modes())
    if (mode->allows(32)) check(Op::quantize, *mode, 32, groups_of(absmax), Dtype::fp32);
}

TEST_CASE("activations at the outlier threshold and just below it count as the reference's") {
  const Matrix weights = make_weights(Input::normal, 19, 77, 1);
  for (const int m : {1, 3})
    for (const float largest : {6.0f, -6.0f, 5.99609375f}) {  // the last: fp16's neighbour
      Matrix x = rounded(make_activations(Input::normal, m, 77, 1), Dtype::fp16);
      for (std::int64_t row = 0; row < m; ++row) x.row(row)[11 * (row + 1)] = largest;
      for (const Mode* mode : quantized_modes())
        if (m > 1 || family_of(*mode).llm_int8)
          check(Op::matmul, *mode, mode->block_size, weights, Dtype::fp16, &x);
    }
}

// Its words of flags are more than the threads that list them, and so are the columns of one row.
TEST_CASE("outlier columns are listed over more than one turn of a block") {
  constexpr std::int64_t kColumns = 8192 + 73;
  const Matrix weights = make_weights(Input::normal, 3, kColumns, 1);
  Matrix x = rounded(make_activations(Input::normal, 2, kColumns, 1), Dtype::fp16);
  for (const std::int64_t column : {0, 31, 32, 40, 4000, 8191, 8192, 8263, 8264})
    x.row(column % 2)[column] = 7.5f;
  const Mode* mode = find_mode("int8");
  check(Op::matmul, *mode, mode->block_size, weights, Dtype::fp16, &x);
  Matrix row = rounded(make_activations(Input::normal, 1, kColumns, 1), Dtype::fp16);
  for (const std::int64_t column : {0, 31, 32, 1023, 1024, 4000, 8191, 8192, 8264})
    row.row(0)[column] = -7.5f;
  check(Op::matmul, *mode, mode->block_size, weights, Dtype::fp16, &row);
}

TEST_CASE("LLM.int8() of one row of x takes two launches") {
  for (const Kernel& kernel : own(distinct_kernels())) {
    if (kernel.op != Op::matmul || !family_of(*kernel.mode).llm_int8) continue;
    CAPTURE(kernel.name, kernel.mode->name);
    const Inputs inputs(*kernel.mode, {1, 19, 96}, Dtype::fp16);
    const std::unique_ptr<Trial> trial = kernel.prepare(inputs.problem(kernel.op));
    const std::uint64_t before = emulator().counts().launches;
    trial->run_once();
    CHECK(emulator().counts().launches - before == 2);
  }
}

TEST_CASE(
    "pipelines of several turns with a short end stay within the bound, in small blocks and "
    "large") {
  std::size_t places = 0;  // modes of no new piece take every second
  for (const Mode* mode : quantized_modes()) {
    if (!family_of(*mode).gemv_mma && !family_of(*mode).llm_int8) continue;
    const std::size_t place = places++;
    std::size_t turn = 0;
    for (const auto& [m, k, size] : {std::tuple{3, 8192 + 96, 32},
                                     {12, 4096 + 64, 32},
                                     {12, 8192 + 96, 4096},
                                     {3, 4096 + 64, 4096}}) {
      if (turn++ % 2 != place % 2 && !has_new_piece(*mode)) continue;
      if (!mode->allows(size) && size != 32) continue;
      const Matrix weights = make_weights(Input::normal, 17, k, 1);
      const Matrix x = rounded(make_activations(Input::outliers, m, k, 1), Dtype::bf16);
      check(Op::matmul, *mode, mode->allows(size) ? size : mode->block_size, weights, Dtype::bf16,
            &x);
    }
  }
}

TEST_CASE("a product of 80 x 130 x 320 stays within its bound and has the same bits twice") {
  const Matrix weights = make_weights(Input::normal, 130, 320, 1);
  const Matrix x = make_activations(Input::outliers, 80, 320, 1);
  for (const Mode* mode : quantized_modes()) {
    const QuantizedMatrix quantized = reference::quantize(*mode, mode->block_size, weights);
    const Problem problem = {
        .op = Op::matmul, .mode = mode, .weights = &weights, .quantized = &quantized, .x = &x};
    for (const Kernel& kernel : kernels_of(*mode, Op::matmul)) {
      if (!kernel.unsupported(problem).empty()) continue;
      CAPTURE(kernel.name, mode->name);
      const std::unique_ptr<Trial> trial = kernel.prepare(problem);
      trial->run_once();
      const Matrix first = trial->output();
      trial->poison();
      trial->run_once();
      CHECK(first.values == trial->output().values);
      CHECK(verify_matmul(expected_matmul(x, quantized, Dtype::fp32), trial->output(),
                          kernel.arithmetic)
                .wrong == "");
    }
  }
}
