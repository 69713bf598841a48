// SPDX-License-Identifier: Apache-2.0
// The kernels of modes in which a piece is new, and so every piece, at the edges of shapes on every
// schedule: a pairwise cover. (On the forward one emulated_test has every mode and combination.)
#include <algorithm>
#include <iterator>

#include "tests/catch.h"
#include "tests/kernels/edges.h"
#include "tests/kernels/pairwise.h"

using namespace qbench;
using namespace qbench::test;

namespace {

constexpr std::uint32_t kPoisons[] = {0xffffffffu, 0x7e7e7e7eu};
constexpr const char* kSchedules[] = {"forward", "reverse", "random:1", "random:2"};
// One element, odd k, k that tensor cores take, and both sides of what a tile, a warp or gemv's
// rows hold.
constexpr Shape kShapes[] = {{1, 1, 1},   {1, 33, 130}, {2, 5, 77},    {3, 3, 7},
                             {8, 33, 96}, {9, 33, 77},  {9, 5, 64},    {16, 70, 192},
                             {17, 3, 77}, {17, 33, 96}, {65, 130, 96}, {3, 17, 6240}};

struct Variant {
  Kernel kernel;
  Dtype dtype;

  bool runs(const Shape& shape) const {
    const Inputs inputs(*kernel.mode, shape, dtype);
    return kernel.unsupported(inputs.problem(kernel.op)).empty();
  }
};

std::vector<Variant> all_variants() {
  std::vector<Variant> variants;
  for (const Kernel& kernel : kernels_of_pieces())
    for (const Dtype dtype : kDtypes) {
      const Variant variant = {kernel, dtype};
      const auto runs = [&](const Shape& shape) { return variant.runs(shape); };
      if (std::ranges::any_of(kShapes, runs)) variants.push_back(variant);
    }
  return variants;
}

bool is_same(const Variant& variant, const Kernel& kernel) {
  const Kernel& own = variant.kernel;
  return own.name == kernel.name && own.op == kernel.op && own.mode->name == kernel.mode->name;
}

// True of a quantizer that searches over a whole tensor, which no device does.
bool stays_on_cpu(const Kernel& kernel) {
  const Inputs inputs(*kernel.mode, kShapes[0], Dtype::bf16);
  return kernel.unsupported(inputs.problem(kernel.op)) == "its scales are searched for on the CPU";
}

// The factors of a combination. A variant is a kernel, with its mode and operation, and a type.
enum Factor { kVariant, kShape, kSchedule, kPoison };

void check(const Variant& variant, const Combination& chosen) {
  const Kernel& kernel = variant.kernel;
  const Shape shape = kShapes[chosen[kShape]];
  const char* schedule = kSchedules[chosen[kSchedule]];
  EmulatorOptions& options = emulator().options();
  set_schedule(options, schedule);
  options.poison = kPoisons[chosen[kPoison]];
  options.processors = 8;  // k is cut into slices where it is long
  const Inputs inputs(*kernel.mode, shape, variant.dtype);
  CAPTURE(kernel.name, kernel.mode->name, name(variant.dtype), shape.m, shape.n, shape.k);
  CAPTURE(schedule, options.poison);
  CHECK(verdict(kernel, inputs.problem(kernel.op)).wrong == "");
}

}  // namespace

TEST_CASE("a pairwise cover has every pair that is allowed, no other, and few combinations") {
  const std::vector<int> sizes = {7, 2, 3, 4, 1};
  const auto allowed = [](FactorValue a, FactorValue b) {
    return !(a.factor == 0 && b.factor == 3 && (a.value + b.value) % 5 == 0);
  };
  Pairs seen;
  const std::vector<Combination> cover = pairwise_cover(sizes, allowed);
  for (const Combination& c : cover)
    for (int a = 0; a < 5; ++a)
      for (int b = a + 1; b < 5; ++b) seen.insert({FactorValue{a, c[a]}, FactorValue{b, c[b]}});
  CHECK(seen == allowed_pairs(sizes, allowed));
  const auto always = [](FactorValue, FactorValue) { return true; };
  CHECK(allowed_pairs(sizes, always).size() == 14 + 21 + 28 + 7 + 6 + 8 + 2 + 12 + 3 + 4);
  CHECK(seen.size() == 105 - 5);
  CHECK(cover.size() < 35);  // 22 at least, of 132
  CHECK(cover == pairwise_cover(sizes, allowed));
}

TEST_CASE("every piece is right on every schedule and with both poisons, in a pairwise cover") {
  const std::vector<Variant> variants = all_variants();
  for (const Kernel& kernel : kernels_of_pieces()) {
    CAPTURE(kernel.name, kernel.mode->name, name(kernel.op));
    CHECK(std::ranges::any_of(variants, [&](const Variant& one) { return is_same(one, kernel); }) ==
          !stays_on_cpu(kernel));
  }
  const KeepOptions keep;
  std::vector<std::vector<bool>> runs;  // by variant and shape
  for (const Variant& variant : variants)
    std::ranges::transform(kShapes, std::back_inserter(runs.emplace_back()),
                           [&](const Shape& shape) { return variant.runs(shape); });
  const auto allowed = [&](FactorValue a, FactorValue b) {
    return a.factor != kVariant || b.factor != kShape || runs[a.value][b.value];
  };
  const auto size = [](const auto& values) { return static_cast<int>(std::size(values)); };
  const std::vector<int> sizes = {size(variants), size(kShapes), size(kSchedules), size(kPoisons)};
  for (const Combination& chosen : pairwise_cover(sizes, allowed))
    check(variants[chosen[kVariant]], chosen);
}
