// SPDX-License-Identifier: Apache-2.0
// Kurtosis and outliers of distributions with known moments.
#include "harness/model/network/weight_moments.h"

#include <limits>

#include "suites/inputs/distributions.h"
#include "tests/catch.h"

namespace qbench {

TEST_CASE("normal weights have a kurtosis of 3, uniform ones of 1.8") {
  const auto normal = moments_of(make_weights(Input::normal, 1000, 1024, 1));
  CHECK(normal->kurtosis == Approx(3).margin(0.02));
  CHECK(normal->outlier_share == Approx(6.33e-5).epsilon(0.3));
  const auto uniform = moments_of(make_weights(Input::uniform, 1000, 1024, 1));
  CHECK(uniform->kurtosis == Approx(1.8).margin(0.01));
  CHECK(uniform->outlier_share == 0);
}

TEST_CASE("moments are central, and of hand-made weights what they are") {
  Matrix w(1, 100);
  for (float& value : w.values) value = 5;
  w.values[3] = 6;
  const auto moments = moments_of(w);
  // For a share p of ones the kurtosis is (1 - 3 p (1 - p)) / (p (1 - p)).
  CHECK(moments->kurtosis == Approx((1 - 3 * 0.0099) / 0.0099));
  CHECK(moments->outlier_share == 0.01);
}

TEST_CASE("equal weights and infinite ones have no moments") {
  Matrix w(2, 50);
  for (float& value : w.values) value = 0;
  CHECK_FALSE(moments_of(w).has_value());
  w.values[7] = std::numeric_limits<float>::infinity();
  CHECK_FALSE(moments_of(w).has_value());
}

}  // namespace qbench
