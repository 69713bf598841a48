// SPDX-License-Identifier: Apache-2.0
// The self-test of the speed gate on recorded pairs.
#include "harness/gates/recorded.h"

#include "tests/catch.h"

namespace qbench {
namespace {

TEST_CASE("recorded pairs of one build raise nothing, and slow-downs of them are all caught") {
  const std::vector<SelftestRow> rows = selftest_recorded();
  REQUIRE(rows.size() == 7);
  for (const SelftestRow& row : rows) {
    CAPTURE(row.fault, row.how);
    CHECK(row.cases >= 10);
    CHECK(row.caught == row.cases);
    CHECK(row.injected == (row.fault != "none"));
  }
  CHECK(rows[0].how.find("SLOW") == std::string::npos);
  CHECK(rows[1].how.find("SLOW") != std::string::npos);
}

}  // namespace
}  // namespace qbench
