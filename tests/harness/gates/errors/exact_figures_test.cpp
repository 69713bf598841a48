// SPDX-License-Identifier: Apache-2.0
// Errors and sizes of two sides, and the real weights that they are of.
#include "harness/gates/errors/exact_figures.h"

#include "harness/gates/ab/comparison.h"
#include "harness/gates/compare.h"
#include "tests/catch.h"

namespace qbench {
namespace {

Result result(double nmse, const std::string& tensor = "") {
  Result r;
  r.id = "gemv/mode:nf4/n:8" + (tensor.empty() ? "" : "/tensor:" + tensor);
  r.suite = "gemv";
  r.mode = "nf4";
  r.device = "cpu";
  r.seconds = r.seconds_min = 1;
  r.samples = 7;
  r.weight_nmse = nmse;
  r.bits_per_param = 4.5;
  r.tensor = tensor;
  return r;
}

Environment weights(const std::string& file, const std::string& hash) {
  return {{"cpu", "x"}, {"weights", file}, {"weights_hash", hash}};
}

// The findings of ab after one pair.
std::vector<Finding> ab(const Result& before, const Result& after, Environment old_one = {},
                        Environment new_one = {}) {
  Comparison comparison({}, [](const RowKey&) { return 0.03; });
  comparison.add({{std::move(old_one), {before}}, {std::move(new_one), {after}}});
  comparison.look(true);
  return comparison.findings([](const std::string& subject) { return "again " + subject; });
}

TEST_CASE("ab tells errors that grew as a breach, those that shrank, and no other") {
  CHECK(ab(result(0.01), result(0.01)).size() == 1);
  const auto grew = ab(result(0.01), result(0.02));
  REQUIRE(grew.size() == 2);
  CHECK((grew[1].gate == "errors" && grew[1].judgement == Judgement::breach));
  CHECK((grew[1].field == "weight_nmse" && grew[1].before == "0.01" && grew[1].after == "0.02"));
  CHECK(grew[1].command == "again gemv/mode:nf4/n:8");
  CHECK(exit_code(grew) == 2);
  const auto shrank = ab(result(0.02), result(0.01));
  CHECK((shrank[1].judgement == Judgement::recorded && shrank[1].reason == "smaller"));
  CHECK(exit_code(shrank, false) == 0);
}

TEST_CASE("ab compares sizes, the largest error and products as compare does") {
  for (const auto member : {&Result::bits_per_param, &Result::weight_max_error}) {
    Result before = result(0.01), after = before;
    before.*member = 4;
    after.*member = 4.000001;
    CHECK(exit_code(ab(before, after)) == 2);
  }
  Result before = result(0.01), after = before;
  before.output_nmse = 0.0123456789;
  after.output_nmse = 0.01234567891;
  CHECK(ab(before, after).size() == 1);
  after.output_nmse = 0.0123456799;
  CHECK(exit_code(ab(before, after)) == 2);
}

std::vector<Finding> compared(const Environment& before, const Environment& after,
                              const std::string& tensor = "w") {
  return compare_journals({{before, {result(0.01, tensor)}}}, {{after, {result(0.02, tensor)}}});
}

TEST_CASE("errors of other weights under the same names are not compared") {
  const Environment one = weights("a.safetensors", "xxh3:1"), two = weights("b", "xxh3:2");
  const auto found = compared(one, two);
  CHECK(exit_code(found) == 5);
  CHECK(found[0].judgement == Judgement::skipped);
  const auto other = std::ranges::find(found, "weights", &Finding::subject);
  REQUIRE(other != found.end());
  CHECK(other->judgement == Judgement::incomparable);
  CHECK((other->before == "a.safetensors (xxh3:1)" && other->after == "b (xxh3:2)"));
  CHECK(other->reason ==
        "other weights under the same tensor names: errors of real weights cannot be compared");
  CHECK(exit_code(ab(result(0.01, "w"), result(0.02, "w"), one, two), false) == 5);
}

TEST_CASE("errors against other originals, or against none, are not compared") {
  const auto against = [](const std::string& hash) {
    Environment of = weights("a", "1");
    of.insert(of.end(), {{"against", "orig"}, {"against_hash", hash}});
    return of;
  };
  for (const Environment& before : {against("3"), weights("a", "1")}) {
    const auto found = compared(before, against("4"));
    CHECK(exit_code(found) == 5);
    const auto other = std::ranges::find(found, "against", &Finding::subject);
    REQUIRE(other != found.end());
    CHECK(other->after == "orig (4)");
  }
  CHECK(exit_code(compared(against("3"), against("3"))) == 2);
}

TEST_CASE("that the weights are others is told once, and sizes are compared all the same") {
  Result small = result(0.01, "v"), large = small;
  large.id = small.id = "gemv/mode:fp4/n:8/tensor:v";
  large.bits_per_param = 5;
  const auto found = compare_journals({{weights("a", "1"), {result(0.01, "w"), small}}},
                                      {{weights("a", "2"), {result(0.02, "w"), large}}});
  CHECK(std::ranges::count(found, "weights", &Finding::subject) == 1);
  CHECK(exit_code(found) == 2);
}

TEST_CASE("the same weights elsewhere, generated ones and unknown hashes are compared") {
  CHECK(exit_code(compared(weights("a", "1"), weights("b", "1"))) == 2);
  CHECK(exit_code(compared(weights("a", "1"), weights("b", "2"), "")) == 2);
  CHECK(exit_code(compared({{"weights", "a"}}, weights("b", "2"))) == 2);
}

TEST_CASE("the file's place is no condition of times, its hash is") {
  const auto advisory = [](const Environment& before, const Environment& after) {
    return std::ranges::any_of(compared(before, after),
                               [](const Finding& f) { return f.subject == "environment"; });
  };
  CHECK_FALSE(advisory(weights("a", "1"), weights("b", "1")));
  CHECK(advisory(weights("a", "1"), weights("a", "2")));
}

}  // namespace
}  // namespace qbench
