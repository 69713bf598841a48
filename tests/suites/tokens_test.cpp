// SPDX-License-Identifier: Apache-2.0
// The axis m: the tokens of products.
#include "tests/suites/fake_sweep.h"

namespace qbench {
namespace {

using namespace test;

TEST_CASE("m varies within a weight matrix and its inputs, and outside modes") {
  Sweep sweep = sweep_of_suite("gemm", {find_mode("nf4")});
  sweep.shapes = {{0, 8, 64}, {0, 4, 64}};
  sweep.inputs = {Input::normal, Input::uniform};
  sweep.m = {3, 1};
  std::vector<std::string> order;
  for (const Case& c : expand(sweep, kernels(), devices(0)))
    order.push_back(std::to_string(c.shape.n) + std::string(name(c.input)).substr(0, 1) +
                    std::to_string(c.shape.m) + std::string(c.mode->name));
  CHECK(order == Lines{"8n3bf16", "8n3nf4", "8n1bf16", "8n1nf4", "8u3bf16", "8u3nf4", "8u1bf16",
                       "8u1nf4", "4n3bf16", "4n3nf4", "4n1bf16", "4n1nf4", "4u3bf16", "4u3nf4",
                       "4u1bf16", "4u1nf4"});
}

std::vector<std::int64_t> tokens(const Sweep& sweep) {
  std::vector<std::int64_t> m;
  for (const Case& c : expand(sweep, kernels(), devices(0))) m.push_back(c.shape.m);
  return m;
}

TEST_CASE("m is that of the shape, else of the sweep, else of the suite; equal ones are one") {
  Sweep sweep = sweep_of_suite("gemm", {find_mode("bf16")});
  CHECK(tokens(sweep) == std::vector<std::int64_t>{16});
  sweep.shapes = {{0, 8, 64}, {5, 8, 64}, {16, 8, 64}, {0, 8, 64}};
  CHECK(tokens(sweep) == std::vector<std::int64_t>{16, 5});
  sweep.shapes = {{0, 8, 64}};
  sweep.m = {2, 4};
  CHECK(tokens(sweep) == sweep.m);
  sweep.tensors = {{"a", {8, 64}}};
  CHECK(tokens(sweep) == sweep.m);
  sweep.suites = {find_suite("roundtrip")};
  CHECK(tokens(sweep) == std::vector<std::int64_t>{0});
}

TEST_CASE("the suite batch is a sweep over m by itself") {
  Sweep sweep = sweep_of_suite("batch", {find_mode("bf16")});
  CHECK(tokens(sweep) == std::vector<std::int64_t>{1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128});
  sweep.m = {7};
  CHECK(tokens(sweep) == std::vector<std::int64_t>{7});
}

}  // namespace
}  // namespace qbench
