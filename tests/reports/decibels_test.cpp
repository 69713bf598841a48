// SPDX-License-Identifier: Apache-2.0
// SQNR and the gap to the rate-distortion bound.
#include "reports/decibels.h"

#include <cmath>
#include <limits>

#include "tests/catch.h"

namespace qbench {

TEST_CASE("SQNR in dB is absent where the result is exact or undefined") {
  CHECK(sqnr_db(0.01).value() == Approx(20).epsilon(1e-15));
  CHECK(sqnr_db(1).value() == 0);
  CHECK_FALSE(sqnr_db(0).has_value());
  CHECK_FALSE(sqnr_db(NAN).has_value());
  CHECK_FALSE(sqnr_db(std::numeric_limits<double>::infinity()).has_value());
  CHECK_FALSE(sqnr_db(-1).has_value());
}

TEST_CASE("the gap to the rate-distortion bound is 6.0206 dB a bit less the SQNR") {
  CHECK(bound_gap_db(4.5, 20.726) == Approx(6.3667).margin(5e-5));
  CHECK(bound_gap_db(1, 10 * std::log10(4)) == Approx(0).margin(1e-12));
}

}  // namespace qbench
