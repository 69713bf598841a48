// SPDX-License-Identifier: Apache-2.0
// Sweeps over whole models become a case a model and m, on fake kernels and devices.
#include "suites/axis_values.h"
#include "tests/suites/fake_sweep.h"

namespace qbench {
namespace {

using namespace test;

TEST_CASE("a suite of whole models has a case for each model and m, with no shape") {
  Sweep sweep = sweep_of_suite("decode", {find_mode("nf4")});
  sweep.shapes.clear();
  sweep.models = {find_model("opt-350m"), find_model("llama-2-7b")};
  sweep.m = {1, 8};
  const std::vector<Case> cases = expand(sweep, kernels(), devices(0));
  REQUIRE(cases.size() == 8);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CHECK(cases[i].model == sweep.models[i / 4]);
    CHECK(cases[i].shape == Shape{sweep.m[i / 2 % 2], 0, 0});
  }
  CHECK(cases[0].with_layer({8, 64}).shape == Shape{1, 8, 64});
  CHECK(cases[0].with_layer({8, 64}).model == nullptr);
}

TEST_CASE("a shape that a named model has too adds nothing to it, and runs once elsewhere") {
  const Model* model = find_model("opt-350m");
  Sweep named = sweep_of_suite("decode", {find_mode("nf4")});
  named.suites.push_back(find_suite("gemv"));
  named.shapes.clear();
  add_model(named, *model);
  Sweep typed = named;
  typed.shapes = {{0, model->layers.back().n, model->layers.back().k}};
  add_model(typed, *model);
  CHECK(expand(typed, kernels(), devices(0)).size() == expand(named, kernels(), devices(0)).size());
  typed.suites = {find_suite("decode")};
  CHECK(expand(typed, kernels(), devices(0)).size() == 2);
}

TEST_CASE("a shape that is no model's is refused where whole models are all that runs") {
  Sweep sweep = sweep_of_suite("decode", {find_mode("nf4")});
  sweep.shapes = {{0, 64, 64}};
  add_model(sweep, *find_model("opt-350m"));
  CHECK_THROWS_WITH(expand(sweep, kernels(), devices(0)),
                    ContainsSubstring("leave the shape 64x64 out"));
  sweep.shapes.front().m = 3;
  CHECK_THROWS_WITH(expand(sweep, kernels(), devices(0)),
                    ContainsSubstring("leave the shape 3x64x64 out"));
  sweep.suites.push_back(find_suite("gemv"));
  CHECK_NOTHROW(expand(sweep, kernels(), devices(0)));
  sweep.suites.pop_back();
  sweep.shapes.erase(sweep.shapes.begin());
  CHECK_NOTHROW(expand(sweep, kernels(), devices(0)));
}

TEST_CASE("a suite of whole models takes neither single shapes nor real weights") {
  Sweep sweep = sweep_of_suite("decode", {find_mode("nf4")});
  CHECK_THROWS_WITH(expand(sweep, kernels(), devices(0)),
                    ContainsSubstring("--shapes must name one"));
  sweep.tensors = {{"w", {8, 64}}};
  CHECK_THROWS_WITH(expand(sweep, kernels(), devices(0)), ContainsSubstring("leave out --weights"));
}

}  // namespace
}  // namespace qbench
