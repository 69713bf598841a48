// SPDX-License-Identifier: Apache-2.0
// What readers of Google Benchmark's JSON ask of a file, and RFC 4180 of a CSV.
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "reports/fields.h"
#include "reports/report.h"
#include "tests/catch.h"
#include "tests/reports/samples.h"

using namespace qbench;
using Json = nlohmann::json;

namespace {

Json report(const std::vector<Result>& results) {
  return Json::parse(find_report("json")->write(samples::environment(), results));
}

bool has_null(const Json& json) {
  if (json.is_null()) return true;
  if (!json.is_structured()) return false;
  for (const Json& part : json)
    if (has_null(part)) return true;
  return false;
}

}  // namespace

TEST_CASE("the json context has what readers ask for") {
  const Json context = report(samples::generated()).at("context");
  CHECK(context.at("json_schema_version") == 1);
  CHECK(context.at("caches").is_array());
  CHECK(context.at("load_avg").is_array());
  CHECK(context.at("num_cpus") == 2);
  CHECK(context.at("host_name") == "bench1");
  CHECK(context.at("date") == "2026-01-02T03:04:05Z");
  CHECK(context.at("library_build_type").is_string());
  CHECK(context.at("revision") == "0123abc");
}

TEST_CASE("the json tells whether the clock scales only where that is known") {
  const auto context = [](const char* governor) {
    return Json::parse(find_report("json")->write({{"governor", governor}}, {})).at("context");
  };
  CHECK(context("powersave").at("cpu_scaling_enabled") == true);
  CHECK(context("performance").at("cpu_scaling_enabled") == false);
  CHECK_FALSE(context("unknown").contains("cpu_scaling_enabled"));
}

TEST_CASE("the json has one row in ns for each timed result and no other") {
  const auto results = samples::generated();
  const Json rows = report(results).at("benchmarks");
  REQUIRE(rows.size() == 10);
  std::set<std::string> names;
  std::pair<int, int> last{0, -1};
  for (const Json& row : rows) {
    names.insert(row.at("name").get<std::string>());
    CHECK(row.at("run_name") == row.at("name"));
    CHECK(row.at("run_type") == "iteration");
    CHECK(row.at("time_unit") == "ns");
    CHECK(row.at("real_time") == row.at("cpu_time"));
    CHECK(row.at("real_time").is_number());
    CHECK(row.at("iterations") == 12);
    CHECK(row.at("bytes_per_second").is_number());
    const std::pair<int, int> index{row.at("family_index"), row.at("per_family_instance_index")};
    CHECK(last < index);
    last = index;
  }
  CHECK(names.size() == 10);
  CHECK(rows[3].at("name") == results[3].id);
  CHECK(rows[3].at("real_time").get<double>() == Approx(0.0483e9));
  CHECK(rows[3].at("weight_sqnr_db").get<double>() == 20.726);
}

TEST_CASE("the counters of a json row are flat numbers") {
  const std::set<std::string> texts{"name", "run_name", "run_type", "time_unit"};
  const Json rows = report(samples::generated()).at("benchmarks");
  REQUIRE(rows.size() == 10);
  for (const Json& row : rows)
    for (const auto& [key, value] : row.items()) {
      CAPTURE(key);
      CHECK(value.is_number() == !texts.contains(key));
    }
}

TEST_CASE("what is no number is never in the json") {
  auto results = samples::generated();
  results[2].seconds = std::numeric_limits<double>::quiet_NaN();
  results[3].kernel_error = std::numeric_limits<double>::infinity();
  const Json json = report(results);
  CHECK(json.at("benchmarks").size() == 9);
  CHECK_FALSE(has_null(json));
  CHECK_FALSE(json.at("benchmarks")[2].contains("kernel_error"));
}

TEST_CASE("a json report of nothing is still one") {
  CHECK(report({}).at("benchmarks") == Json::array());
}

TEST_CASE("csv quotes what would break a row") {
  Result result;
  result.tensor = "a,\"b\"\nc";
  result.weight_nmse = std::numeric_limits<double>::quiet_NaN();
  const std::string text = find_report("csv")->write({}, std::vector{result});
  CHECK(text.find(",\"a,\"\"b\"\"\nc\",") != text.npos);
  CHECK(text.find("nan") == text.npos);
  CHECK(text.starts_with("case,suite,op,mode,"));
}

TEST_CASE("the fields of the record have distinct names") {
  std::set<std::string_view> names;
  for (const Field& field : result_fields()) names.insert(field.name);
  CHECK(names.size() == result_fields().size());
  CHECK(names.size() == 45);
}

TEST_CASE("report formats are found by name") {
  for (const Report& format : all_reports()) CHECK(find_report(format.name) == &format);
  CHECK(find_report("tabel") == nullptr);
}
