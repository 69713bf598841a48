// SPDX-License-Identifier: Apache-2.0
// The table of axes holds all that an axis is, and one row more is one axis more.
#include "suites/axes.h"

#include <algorithm>
#include <map>
#include <set>

#include "suites/inputs/inputs.h"
#include "tests/catch.h"

namespace qbench {
namespace {

Sweep two_of_each() {
  Sweep sweep;
  for (const Suite& suite : all_suites())
    if (!suite.whole_model) sweep.suites.push_back(&suite);
  sweep.modes = {find_mode("nf4"), find_mode("int8")};
  sweep.block_sizes = {32, 64};
  sweep.dtypes = {Dtype::fp32, Dtype::bf16};
  sweep.shapes = {{2, 8, 64}, {3, 8, 64}, {2, 4, 64}, {2, 8, 128}};
  sweep.inputs = {Input::normal, Input::uniform, Input::boundaries, Input::scales};
  sweep.kernels = {"reference"};
  sweep.devices = {{DeviceKind::cpu}};
  return sweep;
}

std::vector<Case> cases_of_two_seeds() {
  Sweep sweep = two_of_each();
  std::vector<Case> cases = expand(sweep);
  sweep.seed = 2;
  for (const Case& c : expand(sweep)) cases.push_back(c);
  return cases;
}

// An axis that nothing else knows: how many bits activations have, here those of the seed.
Axis made_up_axis() {
  return {
      .name = "activation bits",
      .option = "--activation-bits",
      .policy = "activation_bits",
      .read = [](Sweep& sweep,
                 const IdParts& parts) { sweep.kernels = {std::string(parts.text("act"))}; },
      .fields = {{"activation_bits", [](const Case& c) -> AxisValue { return c.seed; }, "act", 4}}};
}

template <class T>
std::vector<float> floats(const T& matrix) {
  return {matrix.values.begin(), matrix.values.end()};
}

}  // namespace

TEST_CASE("a row of the table is an axis of ids, there and back") {
  std::vector<Axis> axes = all_axes();
  axes.push_back(made_up_axis());
  Case c;
  c.suite = find_suite("roundtrip");
  c.mode = find_mode("nf4");
  c.shape = {0, 8, 64};
  c.seed = 7;
  CHECK(id_of(c, axes) == "roundtrip/mode:nf4/act:7/n:8/k:64/input:normal/seed:7");
  CHECK(sweep_of(id_of(c, axes), axes).kernels == std::vector<std::string>{"7"});
  CHECK(sweep_of(id_of(c, axes), axes).seed == 7);
  CHECK(id_of(c, all_axes()) == c.id());
}

TEST_CASE(
    "names, options, keys and places of axes are there once, and those with an option are whole") {
  std::set<std::string_view> names, options, keys, policies;
  std::set<int> places, nestings;
  for (const Axis& axis : all_axes()) {
    CAPTURE(axis.name);
    CHECK(names.insert(axis.name).second);
    CHECK(axis.read != nullptr);
    CHECK_FALSE(axis.fields.empty());
    if (axis.vary != nullptr) CHECK(nestings.insert(axis.nesting).second);
    for (const AxisField& field : axis.fields) {
      if (!field.key.empty())
        CHECK((keys.insert(field.key).second && places.insert(field.place).second));
    }
    if (axis.option.empty()) continue;
    CHECK((options.insert(axis.option).second && policies.insert(axis.policy).second));
    CHECK((axis.parse != nullptr && axis.allows != nullptr && !axis.help.empty()));
    CHECK((axis.applies == nullptr) == (axis.other == nullptr));
    CHECK((axis.applies == nullptr) == axis.why.empty());
  }
}

TEST_CASE("an id lies on every axis where it says, and its parts are the values") {
  for (const Case& c : cases_of_two_seeds()) {
    if (c.kernel == nullptr) continue;
    const std::string id = c.id();
    const IdParts parts(id);
    const Sweep sweep = sweep_of(id);
    for (const Axis& axis : all_axes()) {
      const bool has_part = std::ranges::any_of(axis.fields, [&](const AxisField& field) {
        return field.key.empty() ? axis.name == "suite" : parts.find(field.key).has_value();
      });
      CAPTURE(id, axis.name);
      if (axis.allows != nullptr && (has_part || axis.name == "device"))
        CHECK(axis.allows(sweep, parts));
    }
  }
}

TEST_CASE("what is made for cases is the same where its key is, and otherwise another") {
  std::map<std::string, std::vector<float>> weights, x;
  std::map<std::string, std::vector<std::byte>> codes;
  std::map<std::vector<float>, std::string> keys_of_weights;
  for (const Case& c : cases_of_two_seeds()) {
    if (c.kernel == nullptr) continue;
    Inputs inputs(nullptr);
    CAPTURE(c.id());
    const auto [w, new_weights] =
        weights.try_emplace(made_from(c, Made::weights), floats(inputs.weights(c)));
    CHECK(w->second == floats(inputs.weights(c)));
    const auto& q = inputs.quantized(c);
    const auto key = made_from(c, Made::codes) + made_from(c, Made::weights);
    const auto [known, new_codes] = codes.try_emplace(key, q.codes.begin(), q.codes.end());
    CHECK(std::ranges::equal(known->second, q.codes));
    if (c.operation().has_x) {
      const auto [a, new_x] = x.try_emplace(made_from(c, Made::x), floats(inputs.x(c)));
      CHECK(a->second == floats(inputs.x(c)));
    }
    if (is_fixed(c.input)) continue;
    const auto [back, is_new] =
        keys_of_weights.try_emplace(floats(inputs.weights(c)), made_from(c, Made::weights));
    CHECK(back->second == made_from(c, Made::weights));
  }
}

TEST_CASE("the parts of an id end before a tensor, whose name may hold anything") {
  const IdParts parts("gemm/mode:nf4/n:8/tensor:a/mode:x/tensor:");
  CHECK(parts.text("") == "gemm");
  CHECK(parts.text("mode") == "nf4");
  CHECK(parts.text("tensor") == "a/mode:x/tensor:");
  CHECK_FALSE(parts.find("k").has_value());
  CHECK_FALSE(parts.malformed().has_value());
  CHECK(IdParts("gemm/mode/n8").malformed() == "mode");
  CHECK(IdParts("gemm/tensor:").find("tensor") == "");
}

}  // namespace qbench
