// SPDX-License-Identifier: Apache-2.0
// How figures are written: their digits, units and widths.
#include "reports/results/columns.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "tests/catch.h"

using namespace qbench;

namespace {

using Texts = std::vector<std::string>;

const Column& column(const std::string& name) {
  for (const Column& one : figure_columns())
    if (joined(one.heading[0], one.heading[1]) == name) return one;
  FAIL("no column " << name);
  return figure_columns()[0];
}

Texts write(const std::string& name, const std::vector<std::optional<double>>& figures) {
  return write_figures(column(name), choose_prefix(column(name).unit, figures), figures);
}

}  // namespace

TEST_CASE("figures of a column have the decimals that leave three digits of the smallest") {
  CHECK(write("time", {1.5e-3, 12.345e-3, {}}) == Texts{"1.50", "12.35", "-"});
  CHECK(write("GFLOP/s", {0.0123, 456.7}) == Texts{"0.0123", "456.7000"});
  CHECK(write("GFLOP/s", {456.7, 1234.5}) == Texts{"457", "1234"});
}

TEST_CASE("a figure that is too small for its column has an exponent and never reads less than") {
  CHECK(write("GFLOP/s", {0.00001234, 456.7}) == Texts{"1.23e-05", "457"});
  CHECK(write("time", {1e-3, 1e-3, 1.234e-9}) == Texts{"1.00", "1.00", "1.23e-06"});
  CHECK(write("kernel error", {0.0004, 0.125, 0}) == Texts{"4.00e-04", "0.125", "0"});
}

TEST_CASE("largest errors all have an exponent where one needs it") {
  CHECK(write("max error", {0.00012207, 0.5}) == Texts{"0.000122", "0.500000"});
  CHECK(write("max error", {0.000000012, 0.5}) == Texts{"1.20e-08", "5.00e-01"});
}

TEST_CASE("times have the unit of their median, sizes that of the largest") {
  CHECK(choose_prefix(Unit::seconds, std::vector<std::optional<double>>{1e-9, 2e-6, 3e-3}).name ==
        std::string("us"));
  CHECK(choose_prefix(Unit::bytes, std::vector<std::optional<double>>{1, 2e3, 3e6}).name ==
        std::string("MB"));
  CHECK(write("weights", {72, 256}) == Texts{"72", "256"});
  CHECK(write("weights", {72, 256e3}) == Texts{"0.0720", "256.0000"});
}

TEST_CASE("an exact mode is one with an infinite ratio") {
  CHECK(write("SQNR dB", {std::numeric_limits<double>::infinity(), 20.726}) ==
        Texts{"exact", "20.73"});
}

TEST_CASE("no figure takes more than ten characters") {
  const std::vector<std::optional<double>> figures{1e-300,      1e-5,  0.0123, 1.0,
                                                   123456789.0, 1e300, -1e300};
  for (const Column& one : figure_columns())
    for (const Prefix& prefix : {Prefix{"", 1}, Prefix{"us", 1e-6}})
      for (const std::string& text : write_figures(one, prefix, figures)) {
        CAPTURE(one.heading[0], text);
        CHECK(text.size() <= 10);
      }
}

TEST_CASE("no two columns go from a narrow table at once, and none has two names") {
  std::vector<int> keeps;
  Texts names;
  for (const Column& one : figure_columns()) {
    keeps.push_back(one.keep);
    names.push_back(joined(one.heading[0], one.heading[1]));
  }
  std::ranges::sort(keeps);
  std::ranges::sort(names);
  CHECK(std::ranges::adjacent_find(keeps) == keeps.end());
  CHECK(std::ranges::adjacent_find(names) == names.end());
}
