// SPDX-License-Identifier: Apache-2.0
// A case as its record describes it.
#include "harness/run/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
#include <variant>

#include "reports/fields.h"
#include "suites/axes.h"
#include "tests/catch.h"
#include "tests/harness/fakes.h"

namespace qbench {
namespace {

// Names and values of the fields that are there.
std::string described(const Case& c) {
  std::string text;
  const Result r = describe(c, 3);
  for (const Field& field : result_fields())
    std::visit(
        [&](const auto& value) {
          if constexpr (!std::is_same_v<decltype(value), const std::monostate&>)
            text += fmt::format("{}={} ", field.name, value);
        },
        field.value(r));
  return text;
}

const Kernel& reference(Op op) {
  return *std::ranges::find_if(
      all_kernels(), [&](const Kernel& k) { return k.op == op && k.name == "reference"; });
}

}  // namespace

TEST_CASE("a record names a case of generated weights by all of its axes") {
  Case c = test::small_case(reference(Op::matmul));
  c.device = "cuda:1";
  c.seed = 5;
  CHECK(described(c) ==
        "case=gemm/mode:nf4/kernel:reference/device:cuda:1/dtype:bf16/bs:64/m:5/n:24/k:192/"
        "input:normal/seed:5 "
        "suite=gemm op=matmul mode=nf4 kernel=reference device=cuda:1 dtype=bf16 block_size=64 m=5 "
        "n=24 k=192 "
        "input=normal seed=5 threads=3 status=passed ");
}

TEST_CASE(
    "a record names a case of a real tensor by its file and how it was taken, and of no input") {
  Case c = test::small_case(reference(Op::roundtrip), "int8");
  c.tensor = {.name = "a/b",
              .shape = {24, 192},
              .file = "f.safetensors",
              .layout = "stack",
              .slices = 3,
              .not_in_totals = "norm"};
  CHECK(described(c) ==
        "case=roundtrip/mode:int8/kernel:reference/n:24/k:192/seed:1/tensor:a/b "
        "suite=roundtrip op=roundtrip mode=int8 kernel=reference device=cpu dtype=fp32 n=24 k=192 "
        "tensor=a/b seed=1 "
        "threads=3 status=passed weights=f.safetensors layout=stack slices=3 not_in_totals=norm ");
}

TEST_CASE(
    "every value that ids tell is a field of the record by which sections and totals are formed") {
  for (const Axis& axis : all_axes())
    for (const AxisField& field : axis.fields) {
      CAPTURE(axis.name, field.name);
      const auto known = std::ranges::find(result_fields(), field.name, &Field::name);
      REQUIRE(known != result_fields().end());
      CHECK((field.key.empty() || known->role != Role::none));
    }
}

}  // namespace qbench
