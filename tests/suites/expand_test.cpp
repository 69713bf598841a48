// SPDX-License-Identifier: Apache-2.0
// Sweeps become the right cases in the right order, on fake kernels and devices.
#include <algorithm>
#include <array>

#include "suites/axis_values.h"
#include "tests/suites/fake_sweep.h"

namespace qbench {
namespace {

using namespace test;

TEST_CASE("bf16 is the first of the modes, and there once") {
  CHECK(lines(sweep_of_suite("gemm", {find_mode("nf4")}), 0) ==
        Lines{"bf16 reference cpu 0", "nf4 reference cpu 64"});
  CHECK(lines(sweep_of_suite("gemm", {find_mode("nf4"), find_mode("bf16")}), 0) ==
        Lines{"bf16 reference cpu 0", "nf4 reference cpu 64"});
}

TEST_CASE("modes without blocks are one case, and sizes that a mode does not allow are skipped") {
  Sweep sweep = sweep_of_suite("roundtrip", {find_mode("int8"), find_mode("nf4")});
  sweep.block_sizes = {32, 48};
  CHECK(lines(sweep, 0) ==
        Lines{"bf16 reference cpu 0", "int8 reference cpu 0", "nf4 reference cpu 32",
              "nf4 - cpu 48: nf4 has block sizes 32, 64, 128, 256, 512, 1024, 2048, 4096, not 48"});
}

TEST_CASE("auto takes every device that has kernels, and passes over the others") {
  const Sweep sweep = sweep_of_suite("gemm", {find_mode("nf4")});
  CHECK(lines(sweep, 2) == Lines{"bf16 reference cpu 0", "nf4 reference cpu 64",
                                 "nf4 tiled cuda:0 64", "nf4 tiled cuda:1 64"});
}

TEST_CASE("a device asked for by name that cannot serve is a skipped case with the reason") {
  Sweep sweep = sweep_of_suite("gemm", {find_mode("nf4")});
  sweep.devices = {{DeviceKind::cuda}};
  CHECK(lines(sweep, 0) == Lines{"nf4 - cuda:0 64: no driver"});
  CHECK(lines(sweep, 1) == Lines{"nf4 tiled cuda:0 64"});
  sweep.devices = {{DeviceKind::cuda, 1}};
  sweep.auto_devices = true;
  sweep.modes = {find_mode("nf4"), find_mode("bf16")};
  CHECK(lines(sweep, 1)[0] ==
        "bf16 - cuda:1 0: there is no cuda:1: this machine has 1 CUDA device");
}

TEST_CASE(
    "kernels that serve another operation are no case, and a mode left with none is one skipped") {
  Sweep sweep = sweep_of_suite("gemm", {find_mode("nf4")});
  sweep.kernels = {"tiled"};
  CHECK(lines(sweep, 1) == Lines{"nf4 tiled cuda:0 64"});
  sweep.kernels = {"reference"};
  sweep.devices = {{DeviceKind::cuda}};
  CHECK(lines(sweep, 1) == Lines{"nf4 - cuda:0 64: nf4: none of the kernels asked for runs gemm"});
}

TEST_CASE("bf16 that nobody asked for is marked, and has no case where no kernel runs it") {
  Sweep sweep = sweep_of_suite("gemm", {find_mode("nf4")});
  const std::vector<Case> cases = expand(sweep, kernels(), devices(0));
  REQUIRE(cases.size() == 2);
  CHECK((cases[0].mode->name == "bf16" && cases[0].added));
  CHECK_FALSE(cases[1].added);
  sweep.modes.push_back(find_mode("bf16"));
  CHECK_FALSE(expand(sweep, kernels(), devices(0))[0].added);
  sweep.devices = {{DeviceKind::cuda}};
  CHECK(lines(sweep, 1)[0] ==
        "bf16 - cuda:0 0: bf16: there is no cuda kernel of gemm: "
        "--device cpu runs it");
}

TEST_CASE("cases of one weight matrix follow each other") {
  Sweep sweep = sweep_of_suite("gemm", {find_mode("nf4"), find_mode("int8")});
  sweep.shapes = {{0, 8, 64}, {0, 4, 64}};
  sweep.inputs = {Input::normal, Input::uniform};
  sweep.block_sizes = {64, 128};
  const std::vector<Case> cases = expand(sweep, kernels(), devices(0));
  REQUIRE(cases.size() == 2 * 2 * 4);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CHECK(cases[i].shape == cases[i / 4 * 4].shape);
    CHECK(cases[i].input == cases[i / 4 * 4].input);
  }
}

// Where a case stands on every axis, the outermost first.
using Places = std::array<std::ptrdiff_t, 8>;

template <class List, class T>
std::ptrdiff_t place(const List& list, const T& value) {
  return std::ranges::find(list, value) - std::ranges::begin(list);
}

Places places(const Case& c, const Sweep& sweep, const std::vector<const Mode*>& modes) {
  return {
      place(sweep.suites, c.suite),           place(sweep.shapes, Shape{0, c.shape.n, c.shape.k}),
      place(sweep.inputs, c.input),           place(modes, c.mode),
      place(sweep.block_sizes, c.block_size), place(sweep.dtypes, c.dtype),
      place(sweep.devices, c.device),         c.kernel - kernels().data()};
}

TEST_CASE(
    "suites vary slowest, then weights, inputs, modes, block sizes, types, devices, kernels") {
  Sweep sweep = sweep_of_suite("gemv", {find_mode("nf4"), find_mode("bf16"), find_mode("fp4")});
  sweep.suites.push_back(find_suite("gemm"));
  sweep.shapes = {{0, 9, 64}, {0, 8, 64}};
  sweep.inputs = {Input::uniform, Input::normal};
  sweep.block_sizes = {128, 64};
  sweep.dtypes = {Dtype::bf16, Dtype::fp32};
  sweep.devices = {{DeviceKind::cuda}, {DeviceKind::cpu}};
  const std::vector<const Mode*> modes = {find_mode("bf16"), find_mode("nf4"), find_mode("fp4")};
  std::vector<Places> order;
  for (const Case& c : expand(sweep, kernels(), devices(1)))
    if (c.kernel) order.push_back(places(c, sweep, modes));
  const int per_weights = 2 + 2 * 2 * 2 + 2 * 2;  // bf16, nf4 on both devices, fp4
  CHECK(order.size() == 2 * 2 * 2 * per_weights);
  CHECK(std::ranges::is_sorted(order));
  CHECK(std::ranges::adjacent_find(order) == order.end());
}

TEST_CASE("real tensors take the place of shapes in the order of axes, each with its own m") {
  Sweep sweep = sweep_of_suite("gemv", {find_mode("bf16")});
  sweep.suites.push_back(find_suite("gemm"));
  sweep.inputs = {Input::uniform, Input::normal};
  sweep.tensors = {{"b", {4, 5}}, {"a", {2, 3}}};
  std::vector<std::string> order;
  for (const Case& c : expand(sweep, kernels(), devices(0)))
    order.push_back(std::to_string(c.shape.m) + c.tensor->name + std::string(name(c.input)));
  CHECK(order == Lines{"1buniform", "1bnormal", "1auniform", "1anormal", "16buniform", "16bnormal",
                       "16auniform", "16anormal"});
}

using Devices = std::vector<std::string>;

// As --device takes them.
void set_devices(Sweep& sweep, const Devices& names) {
  sweep.devices.clear();
  sweep.auto_devices = false;
  for (const std::string& name : names) {
    const std::optional<DeviceId> device = parse_device(name);
    if (device) sweep.devices.push_back(*device);
    if (!device) sweep.auto_devices = true;
  }
}

TEST_CASE("a device that is named twice, by its name or by auto, has its cases once") {
  Sweep sweep = sweep_of_suite("gemm", {find_mode("nf4"), find_mode("bf16")});
  const Lines both = {"bf16 reference cpu 0", "nf4 reference cpu 64", "nf4 tiled cuda:0 64"};
  for (const Devices& devices : {Devices{"auto"}, {"auto", "auto"}, {}}) {
    set_devices(sweep, devices);
    CHECK(lines(sweep, 1) == both);
  }
  set_devices(sweep, {"cpu", "cpu"});
  CHECK(lines(sweep, 1) == Lines{"bf16 reference cpu 0", "nf4 reference cpu 64"});
  sweep.modes = {find_mode("nf4")};
  for (const Devices& devices :
       {Devices{"cuda:0", "auto"}, {"auto", "cuda:0"}, {"cuda:0", "cpu", "cuda:0"}}) {
    set_devices(sweep, devices);
    CHECK(lines(sweep, 1) ==
          Lines{"bf16 reference cpu 0", "nf4 tiled cuda:0 64", "nf4 reference cpu 64"});
  }
}

TEST_CASE("what a sweep asks for arrives in every case of it") {
  Sweep sweep = sweep_of_suite("gemm", {find_mode("nf4")});
  sweep.shapes = {{5, 8, 64}, {0, 8, 64}, {7, 8, 64}};
  sweep.seed = 42;
  sweep.dtypes = {Dtype::fp16};
  sweep.block_sizes = {4096};
  sweep.inputs = {Input::outliers};
  const std::vector<Case> cases = expand(sweep, kernels(), devices(0));
  REQUIRE(cases.size() == 3 * 2);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CHECK(cases[i].seed == 42);
    CHECK(cases[i].dtype == Dtype::fp16);
    CHECK(cases[i].input == Input::outliers);
    CHECK(cases[i].block_size == (cases[i].mode->block_sizes.empty() ? 0 : 4096));
    CHECK(cases[i].shape.m == std::array{5, 16, 7}[i / 2]);
  }
}

TEST_CASE(
    "a device beyond those that there are is told by how many there are, the last is usable") {
  Sweep sweep = sweep_of_suite("gemm", {find_mode("nf4")});
  set_devices(sweep, {"cuda:1", "cuda:2", "cuda:10"});
  CHECK(lines(sweep, 2) ==
        Lines{"nf4 tiled cuda:1 64",
              "nf4 - cuda:2 64: there is no cuda:2: this machine has 2 CUDA devices",
              "nf4 - cuda:10 64: there is no cuda:10: this machine has 2 CUDA devices"});
}

TEST_CASE("defaults are the suite's model and tokens and the mode's dtype") {
  Sweep sweep = sweep_of_suite("gemv", {find_mode("int8")});
  sweep.shapes = {};
  const std::vector<Case> cases = expand(sweep, kernels(), devices(0));
  REQUIRE(cases.size() == 2 * 3);
  CHECK(cases[1].shape == Shape{1, 4096, 4096});
  CHECK(cases[5].shape == Shape{1, 4096, 11008});
  CHECK(cases[1].dtype == find_mode("int8")->dtype);
  CHECK(cases[1].input == Input::normal);
}

TEST_CASE("layers with adapters have each rank, or that of QLoRA, and nothing else has one") {
  const auto ranks = [](const char* suite, std::vector<std::int64_t> asked) {
    Sweep sweep;
    sweep.suites = {find_suite(suite)};
    sweep.modes = {find_mode("bf16")};
    sweep.shapes = {{0, 8, 64}};
    sweep.ranks = asked;
    std::vector<std::int64_t> found;
    for (const Case& c : expand(sweep)) found.push_back(c.rank);
    return found;
  };
  using Ranks = std::vector<std::int64_t>;
  CHECK(ranks("qlora", {}) == Ranks{64});
  CHECK(ranks("qlora-backward", {4, 16}) == Ranks{4, 16});
  CHECK(ranks("gemm", {4, 16}) == Ranks{0});
}

TEST_CASE("a roundtrip has no tokens and is fp32, and equal shapes are one") {
  Sweep sweep = sweep_of_suite("roundtrip", {find_mode("bf16")});
  sweep.shapes = {{0, 8, 64}, {16, 8, 64}, {0, 8, 64}, {1, 64, 8}};
  sweep.dtypes = {Dtype::fp16, Dtype::bf16};
  const std::vector<Case> cases = expand(sweep, kernels(), devices(0));
  REQUIRE(cases.size() == 2);
  CHECK(cases[0].shape == Shape{0, 8, 64});
  CHECK(cases[1].shape == Shape{0, 64, 8});
  CHECK(cases[0].dtype == Dtype::fp32);
}

TEST_CASE("real tensors take the place of shapes, with the suite's own tokens") {
  Sweep sweep = sweep_of_suite("gemm", {find_mode("bf16")});
  sweep.tensors = {{"a", {2, 3}}, {"b", {4, 5}}};
  const std::vector<Case> cases = expand(sweep, kernels(), devices(0));
  REQUIRE(cases.size() == 2);
  CHECK(cases[1].tensor->name == "b");
  CHECK(cases[1].shape == Shape{16, 4, 5});
}

TEST_CASE("a device that this build cannot use is a row that says why, beside those that it can") {
  Sweep sweep = sweep_of_suite("gemm", {find_mode("nf4")});
  sweep.devices = {{DeviceKind::cuda, 0}, {DeviceKind::cuda, 1}};
  CudaStatus cuda = devices(2);
  CHECK(cuda.unusable().empty());
  cuda.devices[0].unusable = "device too old";
  CHECK(cuda.unusable().empty());
  const std::vector<Case> cases = expand(sweep, kernels(), cuda);
  REQUIRE(cases.size() == 2);
  CHECK(cases[0].skip == "device too old");
  CHECK((cases[0].device == DeviceId{DeviceKind::cuda}));
  CHECK(cases[1].skip.empty());
  CHECK(cases[1].kernel->name == "tiled");
  cuda.devices[1].unusable = "driver too old";
  CHECK(cuda.unusable() == "device too old");
}

}  // namespace
}  // namespace qbench
