// SPDX-License-Identifier: Apache-2.0
// Verdicts on pairs that are made up, with a generator of fixed seeds.
#include "harness/gates/ab/speed_judge.h"

#include <cmath>

#include "suites/inputs/random.h"
#include "tests/catch.h"

namespace qbench {
namespace {

// ln ratios of pairs that are slower by `change`, with noise of both sides.
LogRatios pairs(int count, double change, double noise, std::uint64_t seed) {
  std::vector<double> normal(static_cast<std::size_t>(count + count % 2));
  RandomStream{seed, 7}.normal(0, normal);
  normal.resize(static_cast<std::size_t>(count));
  for (double& x : normal) x = std::log1p(change) + noise * x;
  return normal;
}

SpeedRow row(LogRatios seconds, LogRatios cycles = {}, double delta = 0.03) {
  return {.subject = "gemv/mode:nf4",
          .family = "cases",
          .delta = delta,
          .seconds = std::move(seconds),
          .cycles = std::move(cycles)};
}

// After the looks in turn, as ab looks.
SpeedRow judged(SpeedRow whole) {
  const SpeedRule rule;
  std::vector<SpeedRow> rows = {row({}, {}, whole.delta)};
  for (const int look : rule.looks) {
    rows[0].seconds.assign(whole.seconds.begin(), whole.seconds.begin() + look);
    if (!whole.cycles.empty())
      rows[0].cycles.assign(whole.cycles.begin(), whole.cycles.begin() + look);
    judge(rows, rule, look == rule.looks.back());
    if (all_judged(rows)) break;
  }
  return rows[0];
}

Judgement verdict(LogRatios seconds, LogRatios cycles = {}) {
  return *judged(row(std::move(seconds), std::move(cycles))).judgement;
}

TEST_CASE("a change beyond the threshold is SLOW or FAST, one within it SAME") {
  CHECK(verdict(pairs(60, 0.10, 0.02, 1)) == Judgement::slow);
  CHECK(verdict(pairs(60, -0.10, 0.02, 2)) == Judgement::fast);
  CHECK(verdict(pairs(60, 0, 0.02, 3)) == Judgement::same);
  CHECK(verdict(pairs(60, 0.02, 0.01, 4)) == Judgement::same);
}

TEST_CASE("what noise hides is INCONCLUSIVE after the last look, never SAME") {
  const SpeedRow noisy = judged(row(pairs(60, 0, 0.5, 5)));
  CHECK(noisy.judgement == Judgement::inconclusive);
  CHECK(noisy.pairs == 60);
  CHECK(verdict(pairs(60, 0.03, 0.02, 6)) == Judgement::inconclusive);
}

TEST_CASE("clear rows are judged at the first look") {
  CHECK(judged(row(pairs(60, 0.2, 0.01, 7))).pairs == 10);
  CHECK(judged(row(pairs(60, 0, 0.005, 8))).pairs == 10);
}

TEST_CASE("pairs that lie exactly at the threshold are no slow-down") {
  CHECK(verdict(LogRatios(60, std::log1p(0.03))) == Judgement::inconclusive);
  CHECK(verdict(LogRatios(60, std::nextafter(std::log1p(0.03), 1.0))) == Judgement::slow);
}

TEST_CASE("a fifth of the pairs may be wild without making a verdict") {
  LogRatios wild = pairs(60, 0, 0.01, 9);
  for (std::size_t i = 0; i < wild.size(); i += 5) wild[i] += 2;
  CHECK(verdict(wild) == Judgement::same);
}

TEST_CASE("pairs of one thing are called SLOW or FAST less often than the level says") {
  int wrong = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    // At the very edge of the threshold, where it is hardest not to be wrong.
    wrong += verdict(pairs(60, 0.03, 0.03, seed + 100)) == Judgement::slow;
  }
  CHECK(wrong <= 20 + 14);  // 1 % of 2000, and three standard deviations
  CHECK(wrong > 0);         // it is a level that is used, not a test that never fires
}

TEST_CASE("the more rows, the more evidence each needs") {
  const SpeedRule rule{.looks = {10}};
  const LogRatios slow(10, 0.1), same(10, 0.0);
  const std::vector<double> deltas(4, 0.03);
  // 1 / 1024 for ten of ten, where 0.01 is the level of a single look.
  const std::vector<LogRatios> one = {slow};
  CHECK(look(one, {deltas.data(), 1}, rule)[0] == Judgement::slow);
  const std::vector<LogRatios> four = {slow, same, same, same};
  CHECK(look(four, deltas, rule)[0] == Judgement::slow);
  const std::vector<LogRatios> eleven(11, same);
  std::vector<LogRatios> twelve(eleven);
  twelve.push_back(slow);
  CHECK_FALSE(look(twelve, std::vector<double>(12, 0.03), rule)[11]);
}

TEST_CASE("what a GPU's cycles do not confirm is CLOCK") {
  const LogRatios slow = pairs(60, 0.1, 0.01, 10), same = pairs(60, 0, 0.01, 11);
  CHECK(verdict(slow, slow) == Judgement::slow);
  CHECK(verdict(slow, same) == Judgement::clock);
  CHECK(verdict(same, slow) == Judgement::clock);
  CHECK(verdict(same, same) == Judgement::same);
  CHECK(verdict(pairs(60, 0, 0.5, 12), same) == Judgement::inconclusive);
}

TEST_CASE("a judgement is final") {
  std::vector<SpeedRow> rows = {row(pairs(10, 0, 0.005, 13))};
  judge(rows, {}, false);
  REQUIRE(rows[0].judgement == Judgement::same);
  rows[0].seconds = pairs(20, 0.5, 0.005, 14);
  judge(rows, {}, false);
  CHECK(rows[0].judgement == Judgement::same);
  CHECK(rows[0].pairs == 10);
}

TEST_CASE("a row is described by its ratio, interval, threshold and pairs") {
  SpeedRow ten = row(LogRatios(10, std::log(1.05)));
  ten.pairs = 10;
  CHECK(describe(ten, {}) == "+5.0 % (+5.0 to +5.0 %), threshold 3 %, 10 pairs");
  ten.seconds.resize(20, 1.0);  // of pairs after it was judged: not its business
  CHECK(describe(ten, {}) == "+5.0 % (+5.0 to +5.0 %), threshold 3 %, 10 pairs");
  ten.seconds.resize(3);
  CHECK(describe(ten, {}) == "+5.0 %, threshold 3 %, 3 pairs");
  ten.cycles = LogRatios(3, std::log(0.9));
  CHECK(describe(ten, {}) == "+5.0 %, cycles -10.0 %, threshold 3 %, 3 pairs");
  CHECK(describe(row({}), {}) == "no pairs");
}

}  // namespace
}  // namespace qbench
