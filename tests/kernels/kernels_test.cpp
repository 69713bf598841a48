// SPDX-License-Identifier: Apache-2.0
// The table of kernels: every mode has its reference kernels, and they show what they say.
#include <cmath>

#include "kernels/formats/family.h"
#include "kernels/kernel.h"
#include "reference/errors/error.h"
#include "reference/modes.h"
#include "reference/reference.h"
#include "suites/inputs/distributions.h"
#include "tests/catch.h"

namespace qbench {
namespace {

const Kernel* reference_kernel(Op op, const Mode& mode) {
  for (const Kernel& kernel : all_kernels())
    if (kernel.op == op && kernel.device == DeviceKind::cpu && kernel.name == "reference" &&
        (kernel.mode == nullptr || kernel.mode == &mode))
      return &kernel;
  return nullptr;
}

// The problem of a mode, with what it points to.
struct Given {
  const Mode& mode;
  Matrix weights, x;
  QuantizedMatrix quantized;
  reference::Adapter adapter;
  Matrix g;

  Given(const Mode& of, std::int64_t m, std::int64_t n, std::int64_t k)
      : mode(of),
        weights(make_weights(Input::normal, n, k, 1)),
        x(make_activations(Input::normal, m, k, 1)),
        quantized(reference::quantize(mode, mode.block_size, weights)),
        adapter(make_adapter({n, k}, 2, 1)),
        g(make_gradient(m, n, 1)) {}
  Problem problem(Op op, Dtype dtype = Dtype::fp32) const {
    return {.op = op,
            .mode = &mode,
            .weights = &weights,
            .quantized = &quantized,
            .x = operation(op).has_x ? &x : nullptr,
            .dtype = dtype,
            .adapter = &adapter,
            .g = &g};
  }
};

bool all_nan(const Matrix& m) {
  return std::ranges::all_of(m.values, [](float value) { return std::isnan(value); });
}
bool all_poisoned(const Buffer<std::byte>& bytes) {
  return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0xa5}; });
}

}  // namespace

TEST_CASE("every mode has a reference kernel for every operation") {
  for (const Mode* mode : all_modes())
    for (const Operation& each : kOperations) {
      CAPTURE(mode->name, each.name);
      const Kernel* kernel = reference_kernel(each.op, *mode);
      REQUIRE(kernel != nullptr);
      CHECK(kernel->unsupported(Given(*mode, 2, 3, 70).problem(each.op)).empty());
    }
}

TEST_CASE("a round trip shows the reference's codes, scales and decoded weights") {
  for (const Mode* mode : all_modes()) {
    CAPTURE(mode->name);
    const Given given(*mode, 1, 7, 300);
    const auto trial =
        reference_kernel(Op::roundtrip, *mode)->prepare(given.problem(Op::roundtrip));
    trial->poison();
    CHECK(trial->run_once() > 0);
    REQUIRE(trial->quantized() != nullptr);
    CHECK(trial->quantized()->codes == given.quantized.codes);
    CHECK(trial->quantized()->scales.numbers == given.quantized.scales.numbers);
    CHECK(trial->quantized()->scales.outer == given.quantized.scales.outer);
    CHECK(trial->quantized()->scales.offset == given.quantized.scales.offset);
    CHECK(trial->quantized()->zeros.numbers == given.quantized.zeros.numbers);
    Matrix decoded(7, 300);
    reference::dequantize(given.quantized, decoded);
    CHECK(trial->output().values == decoded.values);
  }
}

TEST_CASE("weights to quantize show the reference's codes and nothing else") {
  for (const Mode* mode : all_modes()) {
    CAPTURE(mode->name);
    const Given given(*mode, 1, 7, 300);
    const auto trial = reference_kernel(Op::quantize, *mode)->prepare(given.problem(Op::quantize));
    trial->poison();
    trial->run_once();
    REQUIRE(trial->quantized() != nullptr);
    CHECK(trial->quantized()->codes == given.quantized.codes);
    CHECK(trial->quantized()->scales.numbers == given.quantized.scales.numbers);
    CHECK(trial->quantized()->zeros.numbers == given.quantized.zeros.numbers);
    CHECK(trial->output().values.empty());
  }
}

TEST_CASE(
    "codes to dequantize show the reference's weights, rounded to the type that is asked for") {
  for (const Mode* mode : all_modes())
    for (const Dtype dtype : {Dtype::fp32, Dtype::fp16, Dtype::bf16}) {
      CAPTURE(mode->name, name(dtype));
      const Given given(*mode, 1, 7, 300);
      const auto trial =
          reference_kernel(Op::dequantize, *mode)->prepare(given.problem(Op::dequantize, dtype));
      Matrix expected(7, 300);
      reference::dequantize(given.quantized, expected);
      reference::round_to(dtype, expected.values);
      for (int run = 0; run < 2; ++run) {
        trial->poison();
        CHECK(all_nan(trial->output()));
        trial->run_once();
        CHECK(trial->output().values == expected.values);
      }
      CHECK(trial->quantized() == nullptr);
    }
}

TEST_CASE("a product shows the reference's result, again after every run") {
  for (const Mode* mode : all_modes()) {
    CAPTURE(mode->name);
    const Given given(*mode, 3, 7, 300);
    const auto trial = reference_kernel(Op::matmul, *mode)->prepare(given.problem(Op::matmul));
    CHECK(trial->quantized() == nullptr);
    Matrix y(3, 7);
    reference::matmul(given.x, given.quantized, Dtype::fp32, y);
    for (int run = 0; run < 2; ++run) {
      trial->poison();
      CHECK(trial->run_once() > 0);
      CHECK(trial->output().values == y.values);
    }
  }
}

TEST_CASE("a layer with an adapter shows the reference's result, and its gradients are all three") {
  for (const char* mode : {"nf4", "int8", "bf16"}) {
    CAPTURE(mode);
    const Given given(*find_mode(mode), 3, 7, 300);
    const auto forward = reference_kernel(Op::lora_forward, given.mode)
                             ->prepare(given.problem(Op::lora_forward, Dtype::bf16));
    const auto backward = reference_kernel(Op::lora_backward, given.mode)
                              ->prepare(given.problem(Op::lora_backward, Dtype::bf16));
    Matrix y(3, 7);
    reference::lora_forward(given.x, given.quantized, given.adapter, Dtype::bf16, y);
    const auto made =
        reference::lora_backward(given.x, given.g, given.quantized, given.adapter, Dtype::bf16);
    for (int run = 0; run < 2; ++run) {
      forward->poison();
      CHECK(all_nan(forward->output()));
      backward->poison();
      CHECK((all_nan(backward->output()) && all_nan(backward->gradients()->a) &&
             all_nan(backward->gradients()->b)));
      CHECK((forward->run_once() > 0 && backward->run_once() > 0));
      CHECK(forward->output().values == y.values);
      CHECK(backward->output().values == made.x.values);
      CHECK(backward->gradients()->a.values == made.a.values);
      CHECK(backward->gradients()->b.values == made.b.values);
    }
  }
}

TEST_CASE("poison leaves nothing of a result behind") {
  for (const Mode* mode : all_modes()) {
    CAPTURE(mode->name);
    const Given given(*mode, 3, 7, 300);
    for (const Op op : {Op::roundtrip, Op::matmul}) {
      const auto trial = reference_kernel(op, *mode)->prepare(given.problem(op));
      trial->run_once();
      CHECK_FALSE(all_nan(trial->output()));
      trial->poison();
      CHECK(all_nan(trial->output()));
      if (const QuantizedMatrix* q = trial->quantized())
        for (const StoredNumbers* numbers : {&q->scales, &q->zeros})
          for (const auto* bytes :
               {&q->codes, &numbers->numbers, &numbers->outer, &numbers->offset})
            CHECK(all_poisoned(*bytes));
    }
  }
}

TEST_CASE("a mode with a storage that kernels do not read has none") {
  CHECK(family_of(kInt4).served);
  Mode scales_of_6_bits = kInt4;
  scales_of_6_bits.format.scale.storage = stored::unsigned_integer(6);
  CHECK_FALSE(family_of(scales_of_6_bits).served);
  Mode map_alone = kNf4Dq;
  map_alone.format.scale.outer = {};
  CHECK_FALSE(family_of(map_alone).served);
}

TEST_CASE("kernels quantize no mode whose weights pass through a type that they do not round to") {
  Mode in_units = kQ4_0, clipped = kInt4Mse;
  in_units.quantizer.weights_through = clipped.quantizer.weights_through = Dtype::fp16;
  CHECK(family_of(kQ4_0).quantizes);
  CHECK_FALSE(family_of(in_units).quantizes);
  CHECK(family_of(in_units).wide == family_of(kQ4_0).wide);
  CHECK(family_of(clipped).quantizes);
  clipped.quantizer.weights_through = Dtype::bf16;
  CHECK_FALSE(family_of(clipped).quantizes);
}

TEST_CASE("kernels that cannot quantize a mode say so, and decode it all the same") {
  CHECK(family_of(kInt4Mse).quantizes);
  for (const Mode* mode : {&kInt2Hqq, &kInt3Hqq, &kInt4Hqq, &kInt8AsymHqq}) {
    CHECK(family_of(*mode).served);
    CHECK_FALSE(family_of(*mode).quantizes);
  }
  const Given given(kInt4Hqq, 1, 3, 64);
  for (const Kernel& kernel : all_kernels())
    if (kernel.mode == &kInt4Hqq && kernel.op == Op::quantize && kernel.name == "quantize")
      CHECK(kernel.unsupported(given.problem(Op::quantize)).find("on the CPU") !=
            std::string::npos);
}

TEST_CASE("int8 products are refused where int32 sums could overflow, and right up to there") {
  const Mode& int8 = *find_mode("int8");
  const Kernel& kernel = *reference_kernel(Op::matmul, int8);
  constexpr std::int64_t kMost = 133144;  // 127^2 * 133144 < 2^31
  const Given beyond(int8, 1, 1, kMost + 1);
  CHECK(kernel.unsupported(beyond.problem(Op::matmul)).find("133144") != std::string::npos);
  CHECK(kernel.unsupported(Given(*find_mode("nf4"), 1, 1, kMost + 1).problem(Op::matmul)).empty());

  Given most(int8, 1, 1, kMost);
  std::ranges::fill(most.weights.values, 1.0f);
  std::ranges::fill(most.x.values, 1.0f);
  reference::quantize(most.weights, most.mode, most.quantized);
  REQUIRE(kernel.unsupported(most.problem(Op::matmul)).empty());
  const auto trial = kernel.prepare(most.problem(Op::matmul));
  trial->run_once();
  CHECK(trial->output().values[0] == Approx(static_cast<double>(kMost)).epsilon(1e-6));
}

}  // namespace qbench
