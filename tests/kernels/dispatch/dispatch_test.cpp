// SPDX-License-Identifier: Apache-2.0
// Kernel auto: which row of a table serves a problem, and that its results are the chosen kernel's.
#include "kernels/dispatch/dispatch.h"

#include <algorithm>
#include <stdexcept>

#include "harness/run/verify.h"
#include "kernels/device_kernels.h"
#include "reference/reference.h"
#include "suites/inputs/distributions.h"
#include "tests/catch.h"

using namespace qbench;

namespace {

struct Given {
  const Mode* mode;
  Matrix weights, x;
  QuantizedMatrix quantized;
  Dtype dtype;

  Given(std::string_view name, std::int64_t m, std::int64_t k, Dtype type = Dtype::bf16)
      : mode(find_mode(name)),
        weights(make_weights(Input::normal, 33, k, 1)),
        x(make_activations(Input::normal, m, k, 1)),
        quantized(reference::quantize(*mode, mode->block_size, weights)),
        dtype(type) {
    reference::round_to(type, weights.values);
    reference::round_to(type, x.values);
    reference::quantize(weights, *mode, quantized);
  }
  Problem problem(Op op = Op::matmul) const {
    return {.op = op,
            .mode = mode,
            .weights = &weights,
            .quantized = &quantized,
            .x = op == Op::matmul ? &x : nullptr,
            .dtype = dtype};
  }
};

// A matmul kernel that runs nothing, and nothing at all where `why` is given.
Kernel fake(std::string_view name, const std::string& why = "") {
  return {.name = name,
          .op = Op::matmul,
          .device = DeviceKind::emulated,
          .mode = find_mode("nf4"),
          .unsupported = [why](const Problem&) { return why; },
          .prepare = [](const Problem&) -> std::unique_ptr<Trial> {
            throw std::logic_error("never run");
          }};
}

std::string chosen(const std::vector<DispatchRow>& table, std::string_view device,
                   const std::vector<Kernel>& kernels, const Problem& problem) {
  std::string why;
  const Kernel* kernel = choose(table, device, kernels, problem, why);
  CHECK((kernel == nullptr) == !why.empty());
  return kernel ? std::string(kernel->name) : why;
}

DispatchRow row(std::string_view device, Range m, std::string_view kernel) {
  return {device, Op::matmul, "*", m, kAll, kAll, kernel};
}

std::vector<Kernel> emulated_kernels(std::string_view mode, Op op) {
  std::vector<Kernel> kernels = emulated::kernels();
  std::erase_if(kernels, [&](const Kernel& k) { return k.op != op || k.mode != find_mode(mode); });
  return kernels;
}

const Kernel& auto_kernel(std::string_view mode, Op op) {
  const auto& all = all_kernels();
  const auto found = std::ranges::find_if(all, [&](const Kernel& k) {
    return k.name == "auto" && k.device == DeviceKind::emulated && k.op == op &&
           k.mode == find_mode(mode);
  });
  if (found == all.end()) throw std::logic_error("there is no such kernel auto");
  return *found;
}

Verdict verdict(const Kernel& kernel, const Problem& problem, Trial& trial) {
  trial.poison();
  trial.run_once();
  if (kernel.op == Op::quantize) return verify_codes(*problem.quantized, trial);
  if (kernel.op == Op::dequantize) return verify_weights(*problem.quantized, problem.dtype, trial);
  return verify_matmul(expected_matmul(*problem.x, *problem.quantized, problem.dtype),
                       trial.output(), kernel.arithmetic);
}

}  // namespace

TEST_CASE("the first row that applies serves, at both ends of its range") {
  const std::vector<DispatchRow> table = {row("*", {2, 8}, "few"), row("*", {1, 16}, "more"),
                                          row("*", {17, kAny}, "many")};
  const std::vector<Kernel> kernels = {fake("many"), fake("more"), fake("few")};
  const std::pair<int, const char*> expected[] = {
      {1, "more"}, {2, "few"}, {8, "few"}, {9, "more"}, {16, "more"}, {17, "many"}, {99, "many"}};
  for (const auto& [m, kernel] : expected)
    CHECK(chosen(table, "emulated", kernels, Given("nf4", m, 64).problem()) == kernel);
}

TEST_CASE("a row applies to its device, operation, mode, n and k alone") {
  const Given given("nf4", 1, 64);
  const Problem problem = given.problem();
  const DispatchRow fits = {"GPU A", Op::matmul, "nf4", {1, 1}, {33, 33}, {64, 64}, "one"};
  CHECK(applies(fits, "GPU A", problem));
  CHECK_FALSE(applies(fits, "GPU", problem));
  CHECK_FALSE(applies(fits, "GPU A2", problem));
  CHECK_FALSE(applies(fits, "GPU A", Given("fp4", 1, 64).problem()));
  CHECK_FALSE(applies(fits, "GPU A", Given("nf4", 2, 64).problem()));
  CHECK_FALSE(applies(fits, "GPU A", Given("nf4", 1, 65).problem()));
  CHECK_FALSE(applies(fits, "GPU A", given.problem(Op::dequantize)));
  DispatchRow other = fits;
  other.n = {34, kAny};
  CHECK_FALSE(applies(other, "GPU A", problem));
  other = fits;
  other.device = "GPU*";
  CHECK(applies(other, "GPU A", problem));
  CHECK(applies(other, "GPU", problem));
  CHECK_FALSE(applies(other, "CPU", problem));
}

TEST_CASE("an operation without x is served whatever the m of a row, within its n and k") {
  const Given given("nf4", 1, 64);
  const DispatchRow few = {"*", Op::dequantize, "*", {7, 7}, {33, 33}, {64, 64}, "one"};
  CHECK(applies(few, "GPU A", given.problem(Op::dequantize)));
  DispatchRow other = few;
  other.op = Op::quantize;
  CHECK(applies(other, "GPU A", given.problem(Op::quantize)));
  CHECK_FALSE(applies(other, "GPU A", given.problem(Op::dequantize)));
  other = few;
  other.n = {1, 32};
  CHECK_FALSE(applies(other, "GPU A", given.problem(Op::dequantize)));
  other = few;
  other.k = {65, kAny};
  CHECK_FALSE(applies(other, "GPU A", given.problem(Op::dequantize)));
  other = few;
  other.mode = "fp4";
  CHECK_FALSE(applies(other, "GPU A", given.problem(Op::dequantize)));
}

TEST_CASE("a row of another device does not serve, nor does a kernel that cannot run") {
  const std::vector<DispatchRow> table = {row("GPU A", kAll, "one"), row("*", kAll, "absent"),
                                          row("*", kAll, "two"), row("*", kAll, "three")};
  const Given given("nf4", 1, 64);
  CHECK(chosen(table, "GPU A", {fake("one"), fake("three")}, given.problem()) == "one");
  CHECK(chosen(table, "GPU B", {fake("one"), fake("three")}, given.problem()) == "three");
  CHECK(chosen(table, "GPU B", {fake("two", "k is odd"), fake("three")}, given.problem()) ==
        "three");
  CHECK(chosen(table, "GPU B", {fake("two", "k is odd")}, given.problem()) ==
        "no kernel takes it; two: k is odd");
  CHECK(chosen(table, "GPU B", {fake("one")}, given.problem()) ==
        "no row of kernels/dispatch/dispatch.inc is for it");
}

TEST_CASE("malformed rows are told apart, and the table has none") {
  const DispatchRow good = {"*", Op::matmul, "*", {1, 16}, kAll, kAll, "gemv"};
  CHECK(why_malformed(good) == "");
  const auto broken = [&](auto change) {
    DispatchRow bad = good;
    change(bad);
    return std::string(why_malformed(bad));
  };
  const std::string range = "a range is empty or begins below 1",
                    name = "a row names no device, mode or kernel";
  CHECK(broken([](DispatchRow& r) { r.m = {9, 8}; }) == range);
  CHECK(broken([](DispatchRow& r) { r.n = {0, 8}; }) == range);
  CHECK(broken([](DispatchRow& r) { r.k = {5, 4}; }) == range);
  CHECK(broken([](DispatchRow& r) { r.device = ""; }) == name);
  CHECK(broken([](DispatchRow& r) { r.kernel = ""; }) == name);
  CHECK(broken([](DispatchRow& r) { r.kernel = "auto"; }) == "a row names kernel auto itself");
  for (const DispatchRow& row : dispatch_table()) CHECK(why_malformed(row) == "");
}

TEST_CASE("every row of the table names a mode and a kernel that there are") {
  if (emulated::kernels().empty()) QBENCH_SKIP("built without CUDA's headers");
  for (const DispatchRow& row : dispatch_table()) {
    CAPTURE(row.device, row.mode, row.kernel);
    if (row.kernel == "dequantize+cublaslt") continue;  // which the emulator lacks
    const Mode* const mode = row.mode == "*" ? nullptr : find_mode(row.mode);
    CHECK((row.mode == "*" || mode));
    if (mode && !emulated::is_compiled(*mode)) continue;  // in a build of few modes
    CHECK(std::ranges::any_of(emulated::kernels(), [&](const Kernel& kernel) {
      return kernel.name == row.kernel && kernel.op == row.op &&
             (row.mode == "*" || row.mode == kernel.mode->name);
    }));
  }
}

TEST_CASE("many rows of x are multiplied through cuBLASLt where there is one") {
  const std::vector<DispatchRow> table(dispatch_table().begin(), dispatch_table().end());
  const Kernel library = fake("dequantize+cublaslt"), none = fake("dequantize+cublaslt", "none"),
               mma = fake("gemm-mma"), plain = fake("gemm");
  const auto kernel = [&](std::int64_t m, const std::vector<Kernel>& kernels,
                          std::string_view mode = "nf4") {
    return chosen(table, "GPU A", kernels, Given(mode, m, 64).problem());
  };
  CHECK(kernel(128, {mma, plain, library}) == "gemm-mma");
  CHECK(kernel(129, {mma, plain, library}) == "dequantize+cublaslt");
  CHECK(kernel(129, {mma, plain, none}) == "gemm-mma");
  CHECK(kernel(96, {mma, plain, library}, "mxfp4") == "gemm-mma");
  CHECK(kernel(97, {mma, plain, library}, "mxfp4") == "dequantize+cublaslt");
  CHECK(kernel(9, {plain, library}) == "dequantize+cublaslt");
  CHECK(kernel(9, {plain, none}) == "gemm");
}

TEST_CASE("there is one kernel auto for every operation and mode that has kernels, once a device") {
  for (const Kernel& kernel : emulated::kernels()) {
    CAPTURE(kernel.name, kernel.mode->name);
    const Kernel& automatic = auto_kernel(kernel.mode->name, kernel.op);
    CHECK(automatic.arithmetic.sum_roundoff >= kernel.arithmetic.sum_roundoff);
    CHECK(automatic.arithmetic.weight_roundoffs >= kernel.arithmetic.weight_roundoffs);
    CHECK_FALSE(automatic.timed);
  }
  for (const Kernel& kernel : all_kernels())
    CHECK(std::ranges::count_if(all_kernels(), [&](const Kernel& other) {
            return kernel.name == other.name && kernel.op == other.op &&
                   kernel.device == other.device && kernel.mode == other.mode;
          }) == 1);
}

TEST_CASE("kernels that no row names are no choices of kernel auto") {
  Kernel baseline = fake("baseline");
  baseline.arithmetic.sum_roundoff = 1;
  CHECK(auto_kernels(std::vector{baseline}).empty());
  const std::vector<Kernel> both = auto_kernels(std::vector{baseline, fake("gemm")});
  REQUIRE(both.size() == 1);
  CHECK(both.front().name == "auto");
  CHECK(both.front().arithmetic.sum_roundoff == fake("gemm").arithmetic.sum_roundoff);
}

// The defaults: no row names the emulator.
TEST_CASE("kernel auto runs the kernel of the table: by rows of x, odd k and type") {
  if (emulated::kernels().empty()) QBENCH_SKIP("built without CUDA's headers");
  struct Expected {
    const char* mode;
    Op op;
    int m, k;
    Dtype dtype;
    const char* kernel;
  };
  constexpr auto matmul = Op::matmul;
  constexpr auto bf16 = Dtype::bf16;
  const Expected all[] = {
      {"nf4", matmul, 1, 96, bf16, "gemv-mma"},
      {"nf4-dq", matmul, 8, 96, bf16, "gemv-mma"},
      {"int4", matmul, 16, 128, bf16, "gemv-mma"},
      {"int4", matmul, 17, 128, bf16, "gemm-mma"},
      {"int8-row", matmul, 16, 128, bf16, "gemv-mma"},
      {"mxfp4", matmul, 17, 96, bf16, "gemm-mma"},
      {"nf4", matmul, 8, 77, bf16, "gemv"},
      {"nf4", matmul, 9, 77, bf16, "gemm"},
      {"nf4", matmul, 1, 96, Dtype::fp32, "gemv"},
      {"nf4", matmul, 17, 96, Dtype::fp32, "gemm"},
      {"int8", matmul, 1, 96, Dtype::fp16, "int8-mma"},
      {"int8", matmul, 17, 77, Dtype::fp16, "int8"},
      {"nf4", Op::quantize, 1, 77, bf16, "quantize-wide"},
      {"int4", Op::quantize, 1, 77, bf16, "quantize"},
      {"nf4-dq", Op::dequantize, 1, 77, bf16, "dequantize-wide"},
      {"int4", Op::dequantize, 1, 77, bf16, "dequantize"},
  };
  for (const auto& [mode, op, m, k, dtype, kernel] : all) {
    if (!emulated::is_compiled(*find_mode(mode))) continue;  // in a build of few modes
    CAPTURE(mode, name(op), m, k, name(dtype));
    const Given given(mode, m, k, dtype);
    const Problem problem = given.problem(op);
    const std::vector<DispatchRow> table(dispatch_table().begin(), dispatch_table().end());
    const std::vector<Kernel> kernels = emulated_kernels(mode, op);
    CHECK(chosen(table, "emulated", kernels, problem) == kernel);
    const Kernel& automatic = auto_kernel(mode, op);
    REQUIRE(automatic.unsupported(problem) == "");
    const auto trial = automatic.prepare(problem);
    CHECK(verdict(automatic, problem, *trial).wrong == "");
    const auto named = std::ranges::find(kernels, kernel, &Kernel::name)->prepare(problem);
    named->run_once();
    CHECK(trial->output().values == named->output().values);
  }
}

TEST_CASE("kernel auto says why where no kernel can run") {
  if (emulated::kernels().empty()) QBENCH_SKIP("built without CUDA's headers");
  const Matrix x(65535 * 16 + 1, 1);
  Given given("nf4", 1, 1, Dtype::fp32);
  Problem problem = given.problem();
  problem.x = &x;
  CHECK(auto_kernel("nf4", Op::matmul).unsupported(problem) ==
        "no kernel takes it; gemm: m must be at most 1048560, not 1048561");
}
