// SPDX-License-Identifier: Apache-2.0
// Which of several choices of bytes and error are on the Pareto front.
#include "harness/model/budget/pareto.h"

#include <limits>

#include "tests/catch.h"

namespace qbench {

TEST_CASE("the front has what nothing beats in both bytes and error") {
  const std::vector<Choice> choices = {{16, 0.001}, {8, 0.01}, {8, 0.02}, {4, 0.1}, {5, 0.1}};
  CHECK(pareto_front(choices) == std::vector<bool>{true, true, false, true, false});
}

TEST_CASE("equal choices are both on the front, and one without an error is not") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(pareto_front(std::vector<Choice>{{4, 0.1}, {4, 0.1}, {2, nan}}) ==
        std::vector<bool>{true, true, false});
}

}  // namespace qbench
