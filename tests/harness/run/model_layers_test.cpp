// SPDX-License-Identifier: Apache-2.0
// Cases of whole models: all layers run, each on codes of its own, and each is verified.
#include "harness/run/model_layers.h"

#include <set>

#include "harness/run/run.h"
#include "tests/catch.h"
#include "tests/harness/fakes.h"

namespace qbench {
namespace {

using namespace test;

constexpr RunOptions kLayerOptions = {.min_time = 0, .memory_bytes = 1e12, .threads = 3};

constexpr Layer kWide{24, 64}, kTall{64, 24};
const Model kTiny = {"tiny", "Tiny", {kWide, kTall}, {kWide, kWide, kTall, kWide}};

Case tiny_case(const Kernel& kernel, const char* mode = "nf4") {
  Case c = small_case(kernel, mode);
  c.suite = find_suite("decode");
  c.shape = {3, 0, 0};
  c.model = &kTiny;
  return c;
}

Result run_layers(const Case& c, const RunOptions& options = kLayerOptions) {
  Inputs inputs(nullptr);
  return run(c, inputs, options);
}

std::vector<const QuantizedMatrix*> prepared_matrices;

std::unique_ptr<Trial> prepare_noted(const Problem& problem) {
  prepared_matrices.push_back(problem.quantized);
  return reference_kernel(Op::matmul).prepare(problem);
}

// The third trial that it prepares is wrong.
std::unique_ptr<Trial> prepare_third_wrong(const Problem& problem) {
  prepared_matrices.push_back(problem.quantized);
  const Kernel& kernel = reference_kernel(Op::matmul);
  return prepared_matrices.size() == 3 ? find_fault("zeros").prepare(kernel, problem)
                                       : kernel.prepare(problem);
}

std::string no_tall_layers(const Problem& problem) {
  return problem.weights->rows == kTall.n ? "k must be a multiple of 64" : "";
}

}  // namespace

TEST_CASE("a whole model passes in every mode, with sizes and work summed over its layers") {
  const double params = 4 * 24 * 64;
  for (const Mode* mode : all_modes()) {
    const Result r =
        run_layers(tiny_case(reference_kernel(Op::matmul), std::string(mode->name).c_str()));
    CAPTURE(r.id, r.reason);
    REQUIRE(r.status == Status::passed);
    CHECK(r.model == "tiny");
    CHECK(r.flops.value() == 2 * 3 * params);
    CHECK(8 * (r.weight_bytes.value() + r.scale_bytes.value()) ==
          Approx(r.bits_per_param.value() * params));
    CHECK(r.kernel_error.has_value());
    CHECK(r.weight_nmse.has_value());
    CHECK(r.tokens_per_second.value() == 3 / r.seconds.value());
    CHECK_FALSE((r.n.has_value() || r.k.has_value()));
  }
}

TEST_CASE("the sums of a model are those of its layers, each counted as often as it is there") {
  Inputs inputs(nullptr);
  const Case c = tiny_case(reference_kernel(Op::matmul));
  const auto of = [&](const Layer& layer) { return run_layers(c.with_layer(layer)); };
  const Result all = run_layers(c), wide = of(kWide), tall = of(kTall);
  CHECK(all.weight_bytes.value() == 3 * wide.weight_bytes.value() + tall.weight_bytes.value());
  CHECK(all.scale_bytes.value() == 3 * wide.scale_bytes.value() + tall.scale_bytes.value());
  CHECK(all.bytes.value() == 3 * wide.bytes.value() + tall.bytes.value());
  CHECK(all.weight_max_error.value() ==
        std::max(wide.weight_max_error.value(), tall.weight_max_error.value()));
  CHECK(all.weight_nmse.value() > 0);
}

TEST_CASE("no two layers share codes, not even those of one shape") {
  Kernel kernel = fake(Op::matmul, prepare_noted);
  prepared_matrices.clear();
  const Result r = run_layers(tiny_case(kernel));
  CAPTURE(r.reason);
  CHECK(r.status == Status::passed);
  REQUIRE(prepared_matrices.size() == kTiny.token.size());
  CHECK(std::set(prepared_matrices.begin(), prepared_matrices.end()).size() ==
        prepared_matrices.size());
}

TEST_CASE("one wrong layer makes the model wrong, and is named") {
  Kernel kernel = fake(Op::matmul, prepare_third_wrong);
  prepared_matrices.clear();
  const Result r = run_layers(tiny_case(kernel));
  CHECK(r.status == Status::wrong);
  CHECK_THAT(r.reason, ContainsSubstring("layer 3 of 4 (64x24)"));
  CHECK_FALSE(r.seconds.has_value());
  CHECK_FALSE(r.tokens_per_second.has_value());
}

TEST_CASE("a model of which a kernel cannot run a layer is skipped, with the layer") {
  Kernel kernel = fake(Op::matmul, prepare_noted);
  kernel.unsupported = no_tall_layers;
  const Result r = run_layers(tiny_case(kernel));
  CHECK(r.status == Status::skipped);
  CHECK(r.reason == "fake: layer 64x24: k must be a multiple of 64");
}

TEST_CASE("a model that memory does not hold is skipped, with those that it does") {
  Case c = tiny_case(reference_kernel(Op::matmul));
  c.model = find_model("llama-2-70b");
  RunOptions options = kLayerOptions;
  options.memory_bytes = 9e9;
  const Result r = run_layers(c, options);
  CHECK(r.status == Status::skipped);
  CHECK_THAT(r.reason, ContainsSubstring("9 GB are free; there is room for opt-350m, falcon-7b, "
                                         "llama-2-7b"));
  options.memory_bytes = 1e6;
  CHECK_THAT(run_layers(c, options).reason, ContainsSubstring("no model fits"));
}

TEST_CASE("what a model needs is more than the codes of its layers") {
  Case c = tiny_case(reference_kernel(Op::matmul), "bf16");
  c.block_size = 0;
  c.model = find_model("llama-2-7b");
  CHECK(bytes_needed(c) > 2.0 * 6476005376);
  CHECK(bytes_needed(c) < 2.0 * 6476005376 + 3e9);
  c.device = {DeviceKind::cuda};
  CHECK(bytes_needed(c) < 3e9);
}

}  // namespace qbench
