// SPDX-License-Identifier: Apache-2.0
// Amounts as text.
#include "reports/text/units.h"

#include "tests/catch.h"

namespace qbench {

TEST_CASE("bytes are in MB below a GB, and in GB from there on") {
  CHECK(bytes_text(45426000) == "45.426 MB");
  CHECK(bytes_text(999999) == "1.000 MB");
  CHECK(bytes_text(1e9) == "1.000 GB");
  CHECK(unit_of(1e9 - 1).name == "MB");
}

TEST_CASE("counts have a letter for millions and more") {
  CHECK(count_text(12345) == "12345");
  CHECK(count_text(10.62e6) == "10.62 M");
  CHECK(count_text(8.03e9) == "8.03 G");
}

TEST_CASE("one of a thing is in the singular, all else in the plural") {
  CHECK(counted(1, "layer") == "1 layer");
  CHECK(counted(0, "layer") == "0 layers");
  CHECK(counted(12, "layer") == "12 layers");
}

}  // namespace qbench
