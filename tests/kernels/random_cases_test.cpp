// SPDX-License-Identifier: Apache-2.0
// The random sweep draws the same cases everywhere, draws everything, and each can be run again.
#include "tests/kernels/random_cases.h"

#include <algorithm>
#include <set>
#include <string>

#include "tests/catch.h"

namespace qbench {
namespace {

using test::Choice;
using test::random_case;

std::vector<Case> cases_of(std::uint64_t seed, std::uint32_t count) {
  const std::vector<Choice> choices = test::choices();
  std::vector<Case> cases;
  for (std::uint32_t i = 0; i < count; ++i) cases.push_back(random_case(seed, i, choices));
  return cases;
}

}  // namespace

TEST_CASE("numbers are drawn from the seed and the case alone, the same on every machine") {
  test::Draws draws(7, 3);
  std::vector<std::uint32_t> drawn;
  for (int i = 0; i < 6; ++i) drawn.push_back(draws.below(1000));
  CHECK(drawn == std::vector<std::uint32_t>{390, 155, 471, 296, 795, 32});
  CHECK(test::Draws(7, 4).below(1000) != drawn[0]);
  CHECK(test::Draws(8, 3).below(1000) != drawn[0]);
  for (int i = 0; i < 100; ++i) CHECK(draws.below(1) == 0);
}

TEST_CASE("a seed draws the same cases again, another one others") {
  const auto ids = [](std::uint64_t seed) {
    std::vector<std::string> all;
    for (const Case& c : cases_of(seed, 50)) all.push_back(c.id());
    return all;
  };
  CHECK(ids(1) == ids(1));
  CHECK(ids(1) != ids(2));
}

TEST_CASE("some thousand cases hold every kernel, block size, input, type and kind of shape") {
  std::set<std::string> seen;
  const std::vector<Case> cases = cases_of(1, 60000);
  for (const Case& c : cases) {
    const std::string mode(c.mode->name);
    seen.insert(std::string(c.kernel->name) + " of " + std::string(name(c.kernel->op)) + " for " +
                mode + " on " + to_text(c.device));
    seen.insert(mode + " in blocks of " + std::to_string(c.block_size));
    seen.insert(std::string(c.suite->name) + " of " + std::string(name(c.input)));
    seen.insert(std::string(name(c.dtype)) + " of " + mode);
    CHECK((c.shape.m == 0) == !c.operation().has_x);
    CHECK((c.rank == 0) == !c.operation().has_adapter);
    CHECK((c.shape.n >= 1 && c.shape.k >= 1 && c.mode->allows(c.block_size)));
  }
  std::set<std::string> wanted;
  for (const Choice& choice : test::choices())
    wanted.insert(std::string(choice.kernel->name) + " of " + std::string(name(choice.kernel->op)) +
                  " for " + std::string(choice.mode->name) + " on " +
                  std::string(name(choice.kernel->device)));
  for (const Mode* mode : all_modes()) {
    for (const int size : mode->block_sizes)
      wanted.insert(std::string(mode->name) + " in blocks of " + std::to_string(size));
    for (const std::string_view dtype : kDtypeNames)
      wanted.insert(std::string(dtype) + " of " + std::string(mode->name));
  }
  for (const Suite& suite : all_suites())
    for (const std::string_view input :
         suite.whole_model ? std::span<const std::string_view>() : std::span(kInputNames))
      wanted.insert(std::string(suite.name) + " of " + std::string(input));
  CHECK(std::ranges::includes(seen, wanted));
  const auto some = [&](auto what) { return std::ranges::any_of(cases, what); };
  CHECK(some([](const Case& c) { return c.shape.k % 2 == 1 && c.shape.n % 2 == 1; }));
  CHECK(some([](const Case& c) { return c.shape.k > 4096 && c.shape.m > 16; }));
  CHECK(some([](const Case& c) { return c.shape.k == 1; }));
}

TEST_CASE("what a random case is called runs it again") {
  for (const Case& c : cases_of(3, 200)) {
    CAPTURE(c.id());
    const std::vector<Case> again = expand(sweep_of(c.id()));
    CHECK(std::ranges::count(again, c.id(), &Case::id) == 1);
  }
}

}  // namespace qbench
