// SPDX-License-Identifier: Apache-2.0
// The statistics of pairs against tables and against sums that can be done by hand.
#include "harness/gates/ab/sign_test.h"

#include <numeric>

#include "tests/catch.h"

namespace qbench {
namespace {

std::vector<double> one_to(int count) {
  std::vector<double> values(static_cast<std::size_t>(count));
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

TEST_CASE("the sign test is the tail of fair coins") {
  CHECK(sign_test(0, 10) == 1);
  CHECK(sign_test(1, 1) == 0.5);
  CHECK(sign_test(10, 10) == 1.0 / 1024);
  CHECK(sign_test(9, 10) == 11.0 / 1024);
  CHECK(sign_test(6, 10) == (210.0 + 120 + 45 + 10 + 1) / 1024);
  CHECK(sign_test(0, 0) == 1);
  CHECK(sign_test(600, 1000) == Approx(1.364e-10).epsilon(1e-3));
}

TEST_CASE("intervals of the median are those of the tables of order statistics") {
  CHECK_FALSE(median_interval(one_to(7), 0.99));  // 1 - 2 / 2^7 is less
  const auto ten = median_interval(one_to(10), 0.99);
  REQUIRE(ten);
  CHECK((ten->low == 1 && ten->high == 10));
  const auto twenty = median_interval(one_to(20), 0.99);  // Conover (1999), table A3: 4 and 17
  CHECK((twenty->low == 4 && twenty->high == 17));
  const auto sixty = median_interval(one_to(60), 0.99);
  CHECK((sixty->low == 20 && sixty->high == 41));
  const auto wide = median_interval(one_to(60), 0.5);
  CHECK((wide->low == 27 && wide->high == 34));
}

TEST_CASE("an interval does not depend on the order of the values") {
  const auto interval = median_interval({9, 1, 8, 2, 7, 3, 6, 4, 5, 0}, 0.99);
  CHECK((interval->low == 0 && interval->high == 9));
}

TEST_CASE("Holm rejects in the order of the p-values until one is too large") {
  const std::vector<double> p = {0.01, 0.04, 0.03, 0.005};
  CHECK(holm(p, 0.05) == std::vector<bool>{true, false, false, true});
  CHECK(holm(std::vector<double>{0.05}, 0.05) == std::vector<bool>{true});
  CHECK(holm(std::vector<double>{0.026, 0.04}, 0.05) == std::vector<bool>{false, false});
  CHECK(holm({}, 0.05).empty());
}

}  // namespace
}  // namespace qbench
