// SPDX-License-Identifier: Apache-2.0
// Codes of every width on the emulator: the plain rungs write and read the reference's bytes. A
// program of its own: it brings the kernels of its modes along.

#include <algorithm>

#include "kernels/dequantize/dequantize_trials.cuh"
#include "kernels/emulator/emulator.h"
#include "kernels/matmul/matmul_trials.cuh"
#include "kernels/quantize/quantize_trials.cuh"
#include "reference/formats/ternary.h"
#include "reference/reference.h"
#include "tests/catch.h"
#include "tests/formats/integers.h"

namespace qbench::emulated {
namespace {

constexpr float kBetween[] = {-0.5f, 0.5f}, kZero[] = {0};
constexpr Mode of_levels(int bits, std::span<const float> levels, std::span<const float> between,
                         Packing packing) {
  return as_data::mode({.bits = bits,
                        .codec = Codebook{.values = levels, .origin = {}},
                        .granularity = Granularity::group,
                        .packing = packing},
                       {.rounding = Rounding::thresholds, .thresholds = {.at = between}});
}
constexpr Mode k1Bit = of_levels(1, kBinaryValues, kZero, Packing::high_first);
constexpr Mode kTernary = of_levels(2, kTernaryValues, kBetween, Packing::trits);
constexpr Mode k2Bits = as_data::asymmetric(2), k3Bits = as_data::asymmetric(3),
               k5Bits = as_data::asymmetric(5), k6Bits = as_data::asymmetric(6),
               k7Bits = as_data::asymmetric(7), k8Bits = as_data::asymmetric(8);

// Whole numbers, which are exact in every type.
Matrix whole_numbers(std::int64_t rows, std::int64_t cols) {
  Matrix out(rows, cols);
  unsigned state = 1;
  for (float& value : out.values)
    value = static_cast<float>(static_cast<int>((state = 1664525 * state + 1013904223) >> 25) - 64);
  return out;
}

Matrix identity(std::int64_t size, std::int64_t rows) {
  Matrix out(rows, size);
  std::ranges::fill(out.values, 0.0f);
  for (std::int64_t i = 0; i < rows; ++i) out.row(i)[i] = 1;
  return out;
}

template <class T>
constexpr Dtype kDtype = Dtype::fp32;
template <>
constexpr Dtype kDtype<__half> = Dtype::fp16;
template <>
constexpr Dtype kDtype<__nv_bfloat16> = Dtype::bf16;

template <class T, class Rows>
void check_products(Device& device, Problem problem, const Matrix& weights,
                    LaunchConfig (*config)(const Problem&),
                    void (*kernel)(const T*, QuantizedView, T*, Rows), std::int64_t rows) {
  const Matrix x = identity(weights.cols, std::min(rows, weights.cols));
  problem.x = &x;
  OneLaunchTrial<T, Rows> trial(device, problem, config(problem), kernel);
  trial.poison();
  trial.run_once();
  const Matrix& y = trial.output();
  for (std::int64_t j = 0; j < x.rows; ++j)
    for (std::int64_t row = 0; row < weights.rows; ++row)
      if (y.row(j)[row] != weights.row(row)[j]) FAIL("row " << row << ", k " << j);
}

template <const Mode& M, class T>
void check(Device& device, std::int64_t n, std::int64_t k) {
  CAPTURE(M.format.bits, name(kDtype<T>), n, k);
  const Matrix weights = whole_numbers(n, k);
  const QuantizedMatrix expected = reference::quantize(M, 32, weights);
  const Problem problem = {.op = Op::quantize,
                           .mode = &M,
                           .weights = &weights,
                           .quantized = &expected,
                           .dtype = kDtype<T>};
  using Mode = Of<M>;
  QuantizeGroupsTrial<T> quantize(device, problem, quantize_kernels<Mode, T>());
  quantize.poison();
  quantize.run_once();
  for_each_plane(expected, *quantize.quantized(), [](Plane plane, const auto& a, const auto& b) {
    CAPTURE(name(plane).name);
    CHECK(std::ranges::equal(a, b));
  });

  Matrix decoded(n, k);
  reference::dequantize(expected, decoded);
  reference::round_to(kDtype<T>, decoded.values);
  DequantizeTrial<T> dequantize(device, problem, launch_dequantize<Mode, T>);
  dequantize.poison();
  dequantize.run_once();
  CHECK(std::ranges::equal(dequantize.output().values, decoded.values));
  check_products(device, problem, decoded, gemv_config, gemv<Mode, T>, kGemvRows);
  check_products(device, problem, decoded, gemm_config, gemm<Mode, T>, k);
}

template <const Mode& M>
void check_mode() {
  Emulator device;
  for (const auto& [n, k] : {std::pair{1, 1}, {1, 3}, {3, 7}, {1, 254}, {5, 77}, {9, 130}}) {
    check<M, float>(device, n, k);
    check<M, __half>(device, n, k);
    check<M, __nv_bfloat16>(device, n, k);
  }
}

}  // namespace

TEST_CASE("codes of 1, 2, 3, 5, 6, 7 and 8 bits are the reference's bytes, zero points too") {
  check_mode<k1Bit>();
  check_mode<k2Bits>();
  check_mode<k3Bits>();
  check_mode<k5Bits>();
  check_mode<k6Bits>();
  check_mode<k7Bits>();
  check_mode<k8Bits>();
}

TEST_CASE("trits are the reference's bytes: five a byte, anew every 256") {
  check_mode<kTernary>();
}

}  // namespace qbench::emulated
