// SPDX-License-Identifier: Apache-2.0
// The figures of a row against ones that are computed by hand: bytes, operations, rates and units.
#include "harness/run/figures.h"

#include "harness/measure/timing_noise.h"
#include "harness/run/run.h"
#include "reports/fields.h"
#include "suites/axes.h"
#include "tests/catch.h"
#include "tests/harness/fakes.h"

namespace qbench {
namespace {

using namespace test;

Case case_of(Op op, const char* mode, Dtype dtype, const Shape& shape) {
  Case c;
  c.suite = &*std::ranges::find(all_suites(), op, &Suite::op);
  c.mode = find_mode(mode);
  c.kernel = &reference_kernel(op);
  c.dtype = dtype;
  c.block_size = c.mode->block_size;
  c.shape = shape;
  return c;
}

Result run_once(const Case& c) {
  Inputs inputs(nullptr);
  return run(c, inputs, {.timed = false, .memory_bytes = 1e12});
}

Timing seven_samples() {
  return {.median = 2e-3, .min = 1e-3, .q1 = 1.5e-3, .q3 = 4e-3, .samples = 7};
}

}  // namespace

TEST_CASE("a row's bytes are what a run reads and writes, its operations those of the product") {
  struct Row {
    Op op;
    const char* mode;
    Dtype dtype;
    Shape shape;
    double codes, scales, bytes, flops;
  };
  constexpr double kNone = 0;
  // 24 x 192 are 4608 weights: 2304 bytes of codes at 4 bits. nf4 has an f32 for every 64 of them;
  // nf4-dq a byte, and an f32 for every 256 of these and for their mean; mxfp4 a byte for every 32;
  // int8 an f32 a row.
  const Row rows[] = {
      {Op::roundtrip, "nf4", Dtype::fp32, {0, 24, 192}, 2304, 288, 2 * (18432 + 2592), kNone},
      {Op::roundtrip, "nf4-dq", Dtype::fp32, {0, 24, 192}, 2304, 80, 2 * (18432 + 2384), kNone},
      {Op::roundtrip, "mxfp4", Dtype::fp32, {0, 24, 192}, 2304, 144, 2 * (18432 + 2448), kNone},
      {Op::roundtrip, "int8", Dtype::fp32, {0, 10, 192}, 1920, 40, 2 * (7680 + 1960), kNone},
      {Op::quantize, "nf4", Dtype::fp32, {0, 24, 192}, 2304, 288, 18432 + 2592, kNone},
      {Op::quantize, "nf4", Dtype::bf16, {0, 24, 192}, 2304, 288, 9216 + 2592, kNone},
      {Op::dequantize, "nf4", Dtype::fp32, {0, 24, 192}, 2304, 288, 18432 + 2592, kNone},
      {Op::dequantize, "int8", Dtype::fp16, {0, 10, 192}, 1920, 40, 3840 + 1960, kNone},
      {Op::matmul, "nf4", Dtype::bf16, {5, 24, 192}, 2304, 288, 2592 + 2 * (960 + 120), 46080},
      {Op::matmul, "nf4", Dtype::fp32, {5, 24, 192}, 2304, 288, 2592 + 4 * (960 + 120), 46080},
      {Op::matmul, "int8", Dtype::fp16, {3, 10, 192}, 1920, 40, 1960 + 2 * (576 + 30), 11520},
      {Op::matmul, "fp32", Dtype::fp32, {2, 24, 16}, 1536, 0, 1536 + 4 * (32 + 48), 1536}};
  for (const Row& row : rows) {
    const Result r = run_once(case_of(row.op, row.mode, row.dtype, row.shape));
    CAPTURE(r.id, r.reason);
    CHECK(r.status == Status::passed);
    CHECK(r.weight_bytes == row.codes);
    CHECK(r.scale_bytes == row.scales);
    CHECK(r.bytes == row.bytes);
    CHECK(r.flops == (row.op == Op::matmul ? std::optional(row.flops) : std::nullopt));
    const auto weights = static_cast<double>(row.shape.n * row.shape.k);
    CHECK(r.bits_per_param.value() == 8 * (row.codes + row.scales) / weights);
    CHECK_FALSE(r.bytes_per_second.has_value());  // without a time
    CHECK_FALSE(r.flops_per_second.has_value());
  }
}

TEST_CASE("a layer with an adapter reads that too, and makes gradients in f32") {
  Case c = case_of(Op::lora_forward, "nf4", Dtype::bf16, {5, 24, 192});
  c.rank = 3;  // 3 * (24 + 192) are 648 numbers
  const Result forward = run_once(c);
  CHECK(forward.bytes == 2592 + 2 * (960 + 120 + 648));
  CHECK(forward.flops == 46080 + 2 * 5 * 648);
  CHECK((forward.lora_rank == 3 && forward.lora_alpha == 16 && forward.adapter_bytes == 2 * 648));
  CHECK_FALSE(forward.gradient_bytes.has_value());
  c = case_of(Op::lora_backward, "nf4", Dtype::bf16, {5, 24, 192});
  c.rank = 3;
  const Result backward = run_once(c);
  CHECK(backward.bytes == 2592 + 2 * (2 * 960 + 120 + 648) + 4 * 648);
  // g W, g B and its product with A, the same with x, x A^T and g with it.
  CHECK(backward.flops == 46080 + 2 * 5 * (2 * 648 + 3 * 192));
  CHECK((backward.adapter_bytes == 2 * 648 && backward.gradient_bytes == 4 * 648));
  c.dtype = Dtype::fp32;
  CHECK(run_once(c).adapter_bytes == 4 * 648);
}

TEST_CASE("times are seconds, each in its own field, and rates are of the median") {
  Result r;
  r.bytes = 6;
  r.flops = 10;
  Timing timing = seven_samples();
  set_timing(r, timing);
  CHECK(r.seconds == 2e-3);
  CHECK(r.seconds_min == 1e-3);
  CHECK(r.seconds_q1 == 1.5e-3);
  CHECK(r.seconds_q3 == 4e-3);
  CHECK(r.samples == 7);
  CHECK(r.bytes_per_second == 6 / 2e-3);
  CHECK(r.flops_per_second == 10 / 2e-3);
  for (const auto none : {r.cycles, r.clock_hz, r.power_w, r.cpu_seconds, r.discarded_samples})
    CHECK_FALSE(none.has_value());
  CHECK((r.noise.empty() && r.cache.empty()));
}

TEST_CASE("a device's row tells its clock, its power and what was set aside, and has no noise") {
  Result r;
  Timing timing = seven_samples();
  timing.discarded = 3;
  timing.cycles = 4000;
  timing.clock_hz = 2e9;
  timing.power_w = 500;
  timing.cache = "cold";
  set_timing(r, timing);
  CHECK((r.cycles == 4000 && r.clock_hz == 2e9 && r.power_w == 500));
  CHECK((r.discarded_samples == 3 && r.cache == "cold" && r.noise.empty()));
  CHECK_FALSE(r.bytes_per_second.has_value());
}

TEST_CASE("a row of the CPU tells its CPU seconds, and its noise where its quartiles lie apart") {
  Result r;
  Timing timing = seven_samples();
  timing.cpu_seconds = 3e-3;
  timing.cpu_share = 1;
  set_timing(r, timing);
  CHECK(r.cpu_seconds == 3e-3);
  CHECK(r.noise == noise_of(timing));
  CHECK_FALSE(r.noise.empty());
}

TEST_CASE("a row says what its case is: every field of it, and what does not apply is absent") {
  Case c = case_of(Op::matmul, "nf4", Dtype::fp16, {5, 24, 192});
  c.seed = 9;
  c.input = Input::uniform;
  const Result product = describe(c, 3);
  CHECK(product.id == c.id());
  CHECK((product.suite == c.suite->name && product.op == "matmul" && product.mode == "nf4"));
  CHECK((product.kernel == "reference" && product.device == "cpu" && product.dtype == "fp16"));
  CHECK((product.block_size == 64 && product.m == 5 && product.n == 24 && product.k == 192));
  CHECK((product.input == "uniform" && product.seed == 9 && product.threads == 3));
  const Result roundtrip = describe(case_of(Op::roundtrip, "int8", Dtype::fp32, {0, 24, 192}), 1);
  CHECK_FALSE((roundtrip.block_size.has_value() || roundtrip.m.has_value()));
}

TEST_CASE("a row of a real tensor says which, of which file, and how it was taken") {
  Case c = case_of(Op::roundtrip, "nf4", Dtype::fp32, {0, 24, 192});
  c.tensor = RealTensor{.name = "w",
                        .shape = {24, 192},
                        .file = "f.safetensors",
                        .layout = "stack",
                        .slices = 3,
                        .not_in_totals = "norm"};
  const Result r = describe(c, 1);
  CHECK((r.tensor == "w" && r.weights == "f.safetensors" && r.layout == "stack"));
  CHECK((r.slices == 3 && r.not_in_totals == "norm" && r.input.empty()));
  c.tensor->slices = 1;
  CHECK_FALSE(describe(c, 1).slices.has_value());
}

TEST_CASE("what ids tell is in the record, in fields by which sections and totals are formed") {
  for (const Axis& axis : all_axes())
    for (const AxisField& field : axis.fields) {
      CAPTURE(axis.name, field.name);
      const auto known = std::ranges::find(result_fields(), field.name, &Field::name);
      REQUIRE(known != result_fields().end());
      CHECK((field.key.empty() || known->role != Role::none));
    }
}

}  // namespace qbench
