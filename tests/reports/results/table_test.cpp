// SPDX-License-Identifier: Apache-2.0
// Properties of the default table: it fits, it marks the best, it says what was not run.
#include <algorithm>
#include <limits>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "reports/results/report.h"
#include "reports/text/text.h"
#include "tests/catch.h"
#include "tests/reports/samples.h"

using namespace qbench;

namespace {

std::vector<std::string> table(const std::vector<Result>& results) {
  std::istringstream text(find_report("table")->write(samples::environment(), results));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

bool any_contains(const std::vector<std::string>& lines, const std::string& part) {
  return std::ranges::any_of(lines, [&](const auto& l) { return l.find(part) != l.npos; });
}

// The first line with all of the parts.
std::string line_of(const std::vector<std::string>& lines, const std::string& start) {
  const auto found =
      std::ranges::find_if(lines, [&](const auto& l) { return l.starts_with("  " + start + " "); });
  return found == lines.end() ? "" : *found;
}

void check_width(const std::vector<Result>& results) {
  for (const std::string& line : table(results)) {
    CAPTURE(line);
    CHECK(display_width(line) <= 120);
    CHECK(printable(line) == line);
  }
}

constexpr std::optional<double> Result::*kFigures[] = {
    &Result::weight_nmse,    &Result::weight_sqnr_db,  &Result::weight_max_error,
    &Result::bound_gap_db,   &Result::output_sqnr_db,  &Result::kernel_error,
    &Result::peak_bytes,     &Result::seconds,         &Result::seconds_q1,
    &Result::seconds_q3,     &Result::weight_bytes,    &Result::bytes_per_second,
    &Result::bits_per_param, &Result::flops_per_second};

}  // namespace

TEST_CASE("every line of the table fits 120 columns") {
  check_width(samples::generated());
  check_width(samples::real_weights());
}

TEST_CASE("the table fits and stays readable at extreme figures") {
  using Limits = std::numeric_limits<double>;
  for (const double extreme : {Limits::max(), -Limits::max(), Limits::min(), Limits::denorm_min(),
                               0.0, Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()}) {
    CAPTURE(extreme);
    std::vector<Result> results = samples::generated();
    for (const auto figure : kFigures) results[7].*figure = extreme;
    check_width(results);
    CHECK_FALSE(any_contains(table(results), "nan"));
    for (Result& result : results)
      for (const auto figure : kFigures) result.*figure = extreme;
    check_width(results);
  }
}

TEST_CASE("long names and control characters stay inside the table") {
  std::vector<Result> results = samples::generated();
  Result& odd = results[7];
  odd.mode = odd.kernel = odd.device = odd.dtype = std::string(300, 'x');
  odd.block_size = std::numeric_limits<std::int64_t>::max();
  odd.suite = odd.input = odd.id = std::string(300, 'y');
  odd.tensor = "\x1b[2J\n\xff层" + std::string(1000, 'z');
  results.back().reason = std::string(500, 'r');
  check_width(results);
}

TEST_CASE("columns that have no room are named") {
  std::vector<Result> results = samples::generated();
  results[7].kernel = "gemm_tensor_core_split_k";
  results[8].device = "cuda:0";
  check_width(results);
  CHECK(any_contains(table(results), "no room for: "));
  CHECK_FALSE(any_contains(table(samples::generated()), "no room for: "));
}

TEST_CASE("the best figure is marked among modes under 16 bits") {
  const auto lines = table(samples::generated());
  CHECK(line_of(lines, "nf4-dq").find("4.1270* ") != std::string::npos);
  CHECK(line_of(lines, "nf4-dq").find("20.72 ") != std::string::npos);
  CHECK(line_of(lines, "int8").find("43.11* ") != std::string::npos);
  for (const char* baseline : {"bf16", "fp32"}) {
    REQUIRE_FALSE(line_of(lines, baseline).empty());
    CHECK(line_of(lines, baseline).find('*') == std::string::npos);
  }
}

TEST_CASE("nothing is marked where all candidates tie or there is one") {
  const auto all = samples::generated();
  CHECK_FALSE(any_contains(table({all[0], all[3]}), "*"));
  CHECK_FALSE(any_contains(table({all[3], all[3]}), "*"));
  CHECK(any_contains(table({all[2], all[3]}), "*"));
}

TEST_CASE("columns line up whatever the names hold") {
  std::vector<Result> results = samples::generated();
  results[2].mode = "层权";
  const auto lines = table(results);
  const std::string plain = line_of(lines, "nf4"), wide = line_of(lines, "层权");
  CHECK(display_width(plain.substr(0, plain.find("4.5000"))) ==
        display_width(wide.substr(0, wide.find("5.0000"))));
}

TEST_CASE("a note is broken by its width, not by its bytes") {
  std::vector<Result> results = samples::generated();
  std::string name;
  for (int i = 0; i < 50; ++i) name += "层";
  results.back().id = name;
  CHECK(any_contains(table(results), "error " + name + ": out of"));
}

TEST_CASE("the title of a tensor says how it was taken where that is not plain") {
  for (const auto& [layout, slices, expected] :
       {std::tuple{"", 0, "a  n 3  k 64  (reference"},
        {"convolution", 0, "a  n 3  k 64  convolution  (reference"},
        {"transposed", 0, "a  n 3  k 64  transposed  (reference"},
        {"stack", 4, "a  n 3  k 64  stack of 4  (reference"},
        {"transposed", 12, "a  n 3  k 64  transposed, stack of 12  (reference"}}) {
    Result r = samples::roundtrip("nf4", 64, {4.5, 20, 0.5, 2e-6}, 3, 64, "a");
    r.layout = layout;
    if (slices > 0) r.slices = slices;
    CHECK(any_contains(table({r}), expected));
    CHECK(find_report("markdown")->write({}, std::vector{r}).find(expected + 3) !=
          std::string::npos);
  }
}

TEST_CASE("times have one unit in all sections, and small ones keep three digits") {
  std::vector<Result> results = samples::real_weights();
  results[3].seconds = 0.0443e-9;  // beside a median of some 100 us
  const auto lines = table(results);
  std::vector<std::string> units;
  for (const auto& line : lines)
    if (line.find("mode  block") != line.npos) units.push_back(line.substr(line.find("error") + 5));
  REQUIRE(units.size() == 3);
  CHECK(units[0] == units[1]);
  CHECK(units[0] == units[2]);
  CHECK(any_contains(lines, " 4.43e-05"));
  CHECK_FALSE(any_contains(lines, "<"));
}

TEST_CASE("sections of one operation have the same columns") {
  std::vector<Result> results = samples::real_weights();
  for (std::size_t i = 0; i < 3; ++i) {
    results[i].peak_bytes.reset();
    results[i].kernel = "other" + std::to_string(i);
  }
  std::vector<std::string> headings;
  for (const auto& line : table(results))
    if (line.find("mode  block") != line.npos) headings.push_back(line);
  REQUIRE(headings.size() == 2);
  for (const auto& heading : headings) CHECK(heading == headings[0]);
  CHECK(headings[0].find("kernel") != std::string::npos);
}

TEST_CASE("an exact mode reads exact") {
  CHECK(line_of(table(samples::generated()), "fp32").find(" exact ") != std::string::npos);
}

TEST_CASE("what was skipped stands in one line with each reason once") {
  CHECK(any_contains(table(samples::generated()),
                     "skipped 3: nf4 at this block size is not defined: take 32 64 128 (x2); no "
                     "CUDA device"));
}

TEST_CASE("wrong results and errors have a line each and no row") {
  const auto lines = table(samples::generated());
  CHECK(any_contains(lines, "wrong gemm/mode:fp4/"));
  CHECK(any_contains(lines, "error gemm/mode:int8/"));
  CHECK(std::ranges::count_if(lines, [](const auto& l) { return l.starts_with("  fp4 "); }) == 1);
}

TEST_CASE("a figure that is undefined is explained") {
  std::vector<Result> results = samples::generated();
  results[2].weight_sqnr_db.reset();
  results[2].reason = "the tensor is not finite";
  CHECK(any_contains(table(results), "undefined or not judged in 1: the tensor is not finite"));
}

TEST_CASE("a total is the last group of its suite") {
  const auto lines = table(samples::real_weights());
  std::vector<std::string> titles;
  for (const auto& line : lines)
    if (line.starts_with("roundtrip ")) titles.push_back(line);
  REQUIRE(titles.size() == 3);
  CHECK(titles[2].starts_with("roundtrip  total (2 tensors)  65664 parameters  "));
}
