// SPDX-License-Identifier: Apache-2.0
// How figures are written: their digits, units and widths.
#include "reports/results/columns.h"

#include <algorithm>
#include <limits>
#include <string>
#include <tuple>
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

TEST_CASE(
    "the unit is the largest that the deciding figure reaches, and the least of all below that") {
  const auto unit = [](Unit of, std::vector<std::optional<double>> figures) {
    return std::string(choose_prefix(of, figures).name);
  };
  CHECK(unit(Unit::seconds, {999e-6}) == "us");
  CHECK(unit(Unit::seconds, {1e-3}) == "ms");
  CHECK(unit(Unit::seconds, {1e-12}) == "ns");
  CHECK(unit(Unit::seconds, {1e9}) == "s");
  CHECK(unit(Unit::seconds, {1e-6, 1e-6, 1e-6, 1, 1}) == "us");  // neither the largest nor the mean
  CHECK(unit(Unit::seconds, {1, 1, 1, 1e-6, 1e-6}) == "s");      // nor the smallest
  CHECK(unit(Unit::seconds, {1e-6, 1}) == "s");                  // the upper of two
  CHECK(unit(Unit::bytes, {999}) == "B");
  CHECK(unit(Unit::bytes, {1e3, 1, 1, 1}) == "kB");
  CHECK(unit(Unit::bytes, {1e15}) == "TB");
  CHECK(unit(Unit::plain, {1e9}).empty());
}

TEST_CASE("figures that are absent or not finite take no part in the choice of a unit") {
  const double infinite = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::optional<double>> figures{{}, infinite, nan,      2e-6,
                                                   {}, infinite, -infinite};
  CHECK(choose_prefix(Unit::seconds, figures).name == std::string("us"));
  CHECK(choose_prefix(Unit::bytes, std::vector<std::optional<double>>{{}, nan}).size == 1);
}

TEST_CASE(
    "a figure of fixed decimals that would read 0 is below the last of them, from half on it") {
  CHECK(write("SQNR dB", {0.0049, 0.0051, 0.0149, 0}) == Texts{"<0.01", "0.01", "0.01", "0"});
  CHECK(write("+- %", {0.049, 0.051}) == Texts{"<0.1", "0.1"});
  CHECK(write("bits/param", {0.000049, 0.000051}) == Texts{"<0.0001", "0.0001"});
  CHECK(write("SQNR dB", {-0.5}) == Texts{"-0.50"});
}

TEST_CASE("every column shows its own figure of a result") {
  Result r;
  std::tie(r.bits_per_param, r.weight_sqnr_db, r.bound_gap_db, r.weight_max_error) =
      std::tuple(1, 2, 3, 4);
  std::tie(r.output_sqnr_db, r.kernel_error, r.seconds, r.peak_bytes) = std::tuple(5, 6, 0.5, 8);
  std::tie(r.weight_bytes, r.scale_bytes) = std::tuple(100, 11);
  std::tie(r.seconds_q1, r.seconds_q3) = std::tuple(0.4, 0.6);
  std::tie(r.flops_per_second, r.bytes_per_second, r.m, r.n, r.k) =
      std::tuple(12e9, 13e9, 1, 5000, 20000);
  const auto figure = [&](const char* name) { return column(name).figure(r).value_or(-1); };
  CHECK(figure("bits/param") == 1);
  CHECK(figure("SQNR dB") == 2);
  CHECK(figure("bound gap dB") == 3);
  CHECK(figure("max error") == 4);
  CHECK(figure("output SQNR dB") == 5);
  CHECK(figure("kernel error") == 6);
  CHECK(figure("time") == 0.5);
  CHECK(figure("+- %") == Approx(20));
  CHECK(figure("GFLOP/s") == Approx(12));
  CHECK(figure("GB/s") == Approx(13));
  CHECK(figure("weights") == 111);
  CHECK(figure("scratch") == 8);
  CHECK_FALSE(column("Gweight/s").figure(r));
  r.m = 0;
  CHECK(figure("Gweight/s") == Approx(0.2));
  CHECK_FALSE(column("GB/s").figure(r));
  CHECK_FALSE(column("time").figure(Result{}));
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
