// SPDX-License-Identifier: Apache-2.0
// Verdicts on pairs that are made up, with a generator of fixed seeds.
#include "harness/gates/ab/speed_judge.h"

#include <algorithm>
#include <cmath>
#include <utility>

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

// The sum of C(trials, i) / 2^trials over i >= successes.
double tail(int successes, int trials) {
  double sum = 0;
  for (int i = successes; i <= trials; ++i) {
    double ways = 1;
    for (int j = 0; j < i; ++j) ways = ways * (trials - j) / (j + 1);
    sum += ways;
  }
  return std::ldexp(sum, -trials);
}

// The least number of pairs above the threshold that makes a row SLOW where it is alone.
int least_above(int pairs, double level) {
  int above = pairs;
  while (above > 0 && tail(above - 1, pairs) <= level) --above;
  return above;
}

// The probability that fair coins reach that count at one of the looks.
double probability_of_slow(const SpeedRule& rule) {
  std::vector<double> of_heads = {1};  // of rows that are not SLOW yet
  double slow = 0;
  int pairs = 0;
  for (const int look : rule.looks) {
    for (; pairs < look; ++pairs) {
      of_heads.push_back(0);
      for (std::size_t i = of_heads.size() - 1; i > 0; --i)
        of_heads[i] = (of_heads[i] + of_heads[i - 1]) / 2;
      of_heads[0] /= 2;
    }
    const int least = least_above(look, rule.level / static_cast<double>(rule.looks.size()));
    for (auto i = static_cast<std::size_t>(least); i < of_heads.size(); ++i)
      slow += std::exchange(of_heads[i], 0);
  }
  return slow;
}

TEST_CASE(
    "pairs of one thing are called SLOW as often as coins fall so, and no more than the level") {
  const double slow = probability_of_slow({});
  CHECK(slow < 0.01);
  CHECK(slow > 0.002);  // it is a level that is used, not a test that never fires
  constexpr int kRows = 10000;
  int wrong = 0;
  for (std::uint64_t seed = 0; seed < kRows; ++seed) {
    // At the very edge of the threshold, where it is hardest not to be wrong.
    wrong += verdict(pairs(60, 0.03, 0.03, seed + 100)) == Judgement::slow;
  }
  const double deviation = std::sqrt(slow * (1 - slow) * kRows);
  CHECK(std::abs(wrong - slow * kRows) < 3 * deviation);
}

// A row of which so many pairs lie above the threshold, the rest far below it.
LogRatios above(int count, int pairs, double sign = 1) {
  LogRatios ratios(static_cast<std::size_t>(pairs), -sign * 0.5);
  std::fill_n(ratios.begin(), count, sign * 0.05);
  return ratios;
}

TEST_CASE("each look needs as many pairs above the threshold as its share of the level says") {
  // Tails: 1/1024 of 10; 0.0013 of 17 in 20, 0.0059 of 16; 0.0026 of 23 in 30, 0.0007 of 24; 0.0013
  // of 42 in 60, 0.0031 of 41. A quarter of the level is 0.0025.
  const std::pair<int, int> least[] = {{10, 10}, {20, 17}, {30, 24}, {60, 42}};
  const std::vector<double> delta = {0.03};
  const auto alone = [&](const LogRatios& ratios) {
    const std::vector<LogRatios> rows = {ratios};
    return look(rows, delta, {})[0];
  };
  for (const auto& [pairs, count] : least) {
    CAPTURE(pairs, count);
    CHECK(least_above(pairs, 0.0025) == count);
    CHECK(alone(above(count, pairs)) == Judgement::slow);
    CHECK(alone(above(count - 1, pairs)) != Judgement::slow);
    CHECK(alone(above(count, pairs, -1)) == Judgement::fast);
    CHECK(alone(above(count - 1, pairs, -1)) != Judgement::fast);
  }
}

TEST_CASE("the evidence that many rows need at a look is that of its share of the level") {
  // 1/1024 of ten pairs in ten: two rows may share 0.0025, three may not.
  const LogRatios slow(10, 0.1), same(10, 0.0);
  const auto first_of = [&](std::size_t rows) {
    std::vector<LogRatios> all(rows, same);
    all[0] = slow;
    return look(all, std::vector<double>(rows, 0.03), {})[0];
  };
  CHECK(first_of(2) == Judgement::slow);
  CHECK_FALSE(first_of(3));
}

TEST_CASE("each row is held to its own threshold") {
  const std::vector<LogRatios> rows(2, LogRatios(60, std::log(1.04)));
  const auto judged = look(rows, std::vector{0.03, 0.05}, {});
  CHECK((judged[0] == Judgement::slow && judged[1] == Judgement::same));
  const auto other_way = look(rows, std::vector{0.05, 0.03}, {});
  CHECK((other_way[0] == Judgement::same && other_way[1] == Judgement::slow));
}

TEST_CASE("rows of one family do not make the evidence harder for those of another") {
  const LogRatios slow(10, 0.1), same(10, 0.0);
  const auto judged_with = [&](std::string_view family) {
    std::vector<SpeedRow> rows(11, row(same));
    rows.push_back(row(slow));
    rows.back().family = family;
    judge(rows, {.looks = {10}}, false);
    for (std::size_t i = 0; i < 11; ++i) CHECK(rows[i].judgement == Judgement::same);
    return rows.back().judgement;
  };
  CHECK_FALSE(judged_with("cases"));
  CHECK(judged_with("means") == Judgement::slow);
  std::vector<SpeedRow> first = {row(slow)};  // and it does not matter which family comes first
  first[0].family = "means";
  first.insert(first.end(), 11, row(same));
  judge(first, {.looks = {10}}, false);
  CHECK(first[0].judgement == Judgement::slow);
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
