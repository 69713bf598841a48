// SPDX-License-Identifier: Apache-2.0
// Sweeps become the right cases in the right order, on fake kernels and devices.
#include <algorithm>

#include "suites/suite.h"
#include "tests/catch.h"

namespace qbench {
namespace {

// A CPU kernel of everything, and a CUDA kernel of nf4 products.
const std::vector<Kernel>& kernels() {
  static const std::vector<Kernel> kernels = {
      {"reference", Op::roundtrip, DeviceKind::cpu, nullptr, nullptr, nullptr},
      {"reference", Op::matmul, DeviceKind::cpu, nullptr, nullptr, nullptr},
      {"tiled", Op::matmul, DeviceKind::cuda, find_mode("nf4"), nullptr, nullptr}};
  return kernels;
}

CudaStatus devices(int count) {
  CudaStatus cuda;
  cuda.devices.resize(static_cast<std::size_t>(count));
  if (count == 0) cuda.absent = "no driver";
  return cuda;
}

Sweep sweep_of_suite(const char* suite, std::vector<const Mode*> modes) {
  Sweep sweep;
  sweep.suites = {find_suite(suite)};
  sweep.modes = std::move(modes);
  sweep.shapes = {{0, 8, 64}};
  return sweep;
}

// "mode kernel device bs" and the reason of a skip, a line each.
std::vector<std::string> lines(const Sweep& sweep, int device_count) {
  std::vector<std::string> lines;
  for (const Case& c : expand(sweep, kernels(), devices(device_count))) {
    lines.push_back(std::string(c.mode->name) + " " +
                    (c.kernel ? std::string(c.kernel->name) : std::string("-")) + " " +
                    to_text(c.device) + " " + std::to_string(c.block_size));
    if (!c.skip.empty()) lines.back() += ": " + c.skip;
  }
  return lines;
}

using Lines = std::vector<std::string>;

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
  CHECK(lines(sweep, 1)[0] == "bf16 - cuda:0 0: bf16: there is no cuda kernel of gemm");
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
