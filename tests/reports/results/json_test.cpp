// SPDX-License-Identifier: Apache-2.0
// Files fulfil what readers of Google Benchmark's JSON, and RFC 4180 for CSV, ask of them.
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "reports/fields.h"
#include "reports/results/report.h"
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

TEST_CASE("the loads of the environment are numbers in the json") {
  const auto loads = [](const char* text) {
    return Json::parse(find_report("json")->write({{"load", text}}, {}))
        .at("context")
        .at("load_avg");
  };
  CHECK(loads("0.52 1.25 3.00") == Json{0.52, 1.25, 3.0});
  CHECK(loads("0.52 1.25 3.00 | 4.00 5.00 6.00") == Json{0.52, 1.25, 3.0});
  CHECK(loads("unknown") == Json::array());
}

TEST_CASE("the json has one row in ns for each timed result and for what failed") {
  const auto results = samples::generated();
  const Json rows = report(results).at("benchmarks");
  REQUIRE(rows.size() == 12);
  std::set<std::string> names;
  std::pair<int, int> last{0, -1};
  for (const Json& row : rows) {
    names.insert(row.at("name").get<std::string>());
    CHECK(row.at("run_name") == row.at("name"));
    CHECK(row.at("run_type") == "iteration");
    CHECK(row.at("time_unit") == "ns");
    CHECK(row.at("real_time").is_number());
    CHECK(row.at("cpu_time").is_number());
    CHECK(row.at("repetitions") == 1);
    const std::pair<int, int> index{row.at("family_index"), row.at("per_family_instance_index")};
    CHECK(last < index);
    last = index;
    if (row.contains("error_occurred")) continue;
    CHECK(row.at("iterations") == 12);
    CHECK(row.at("bytes_per_second").is_number());
  }
  CHECK(names.size() == 12);
  CHECK(rows[3].at("name") == results[3].id);
  CHECK(rows[3].at("real_time").get<double>() == Approx(0.0483e9));
  CHECK(rows[3].at("weight_sqnr_db").get<double>() == 20.726);
}

TEST_CASE("what failed is an error of the json, with the times of Google Benchmark's own") {
  int failed = 0;
  const Json rows = report(samples::generated()).at("benchmarks");
  for (const Json& row : rows) {
    if (row.at("status") == "passed") {
      CHECK_FALSE(row.contains("error_occurred"));
      continue;
    }
    ++failed;
    CHECK(row.at("error_occurred") == true);
    const std::string message =
        row.at("status") == "wrong" ? "wrong: kernel error 3.5 at row 0" : "error: out of memory";
    CHECK(row.at("error_message").get<std::string>().starts_with(message));
    CHECK(row.at("iterations") == 0);
    CHECK(row.at("real_time") == 0.0);
    CHECK(row.at("cpu_time") == 0.0);
  }
  CHECK(failed == 2);
}

TEST_CASE("what was not timed is a row of the json, with times of 0 in no iterations") {
  auto results = samples::generated();
  results[0].seconds.reset();
  const Json json = report(results);
  REQUIRE(json.at("benchmarks").size() == 12);
  const Json& untimed = json.at("benchmarks")[0];
  CHECK(untimed.at("name") == results[0].id);
  CHECK(untimed.at("weight_sqnr_db") == 55.62);
  CHECK(untimed.at("iterations") == 0);
  CHECK(untimed.at("real_time") == 0.0);
  CHECK_FALSE(untimed.contains("seconds"));
  CHECK_FALSE(untimed.contains("error_occurred"));
}

TEST_CASE("what was skipped is in the context of the json, with the reason") {
  const Json json = report(samples::generated());
  const Json& skipped = json.at("context").at("skipped");
  REQUIRE(skipped.size() == 3);
  CHECK(skipped[2].at("reason") == "no CUDA device");
}

TEST_CASE("a row of the json has every field of the record, flat") {
  const auto results = samples::generated();
  const Json rows = report(results).at("benchmarks");
  for (const Json& row : rows)
    for (const auto& [key, value] : row.items()) {
      CAPTURE(key);
      CHECK(value.is_primitive());
    }
  const Json& row = rows[7];
  for (const auto& [key, value] : {std::pair{"mode", "nf4"},
                                   {"kernel", "reference"},
                                   {"device", "cpu"},
                                   {"dtype", "bf16"},
                                   {"suite", "gemm"},
                                   {"op", "matmul"},
                                   {"input", "normal"},
                                   {"status", "passed"}})
    CHECK(row.at(key) == value);
  CHECK(row.at("block_size") == 64);
  CHECK(row.at("m") == 16);
  const Json tensor = report(samples::real_weights()).at("benchmarks")[3];
  CHECK(tensor.at("tensor") == "decoder.bias");
}

TEST_CASE("cpu_time is the time on the CPUs, and the time of the clock only where that is absent") {
  auto results = samples::generated();
  results[2].cpu_seconds = 0.5;
  results[3].cpu_seconds = std::numeric_limits<double>::infinity();
  const Json rows = report(results).at("benchmarks");
  CHECK(rows[1].at("cpu_time") == rows[1].at("real_time"));
  CHECK(rows[2].at("cpu_time") == 0.5e9);
  CHECK(rows[2].at("real_time").get<double>() == Approx(0.0492e9));
  CHECK(rows[3].at("cpu_time") == rows[3].at("real_time"));
}

TEST_CASE("runs of one case are repetitions, one behind the other") {
  auto results = samples::generated();
  for (int run = 1; run < 3; ++run)
    for (const Result& r : samples::generated()) {
      results.push_back(r);
      if (r.seconds) results.back().seconds = *r.seconds * (run + 1);
    }
  const Json rows = report(results).at("benchmarks");
  REQUIRE(rows.size() == 36);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(rows[i].at("repetitions") == 3);
    CHECK(rows[i].at("repetition_index") == i % 3);
    CHECK(rows[i].at("name") == rows[i - i % 3].at("name"));
    CHECK(rows[i].at("per_family_instance_index") ==
          rows[i - i % 3].at("per_family_instance_index"));
    CHECK(rows[i].at("real_time").get<double>() ==
          Approx(rows[i - i % 3].at("real_time").get<double>() * static_cast<double>(i % 3 + 1)));
  }
}

TEST_CASE("totals are in the context of the json, with the fields of the record") {
  const Json json = report(samples::real_weights());
  const Json& totals = json.at("context").at("totals");
  REQUIRE(totals.size() == 3);
  CHECK(totals[1].at("mode") == "nf4");
  CHECK(totals[1].at("tensor") == "total (2 tensors)");
  CHECK(totals[1].at("weight_sqnr_db").is_number());
  CHECK_FALSE(totals[1].contains("case"));
  CHECK(json.at("benchmarks").size() == 6);
}

TEST_CASE("what is no number is never in the json") {
  auto results = samples::generated();
  results[2].seconds = std::numeric_limits<double>::quiet_NaN();
  results[3].kernel_error = std::numeric_limits<double>::infinity();
  const Json json = report(results);
  CHECK(json.at("benchmarks").size() == 12);
  CHECK_FALSE(has_null(json));
  CHECK_FALSE(json.at("benchmarks")[2].contains("seconds"));
  CHECK_FALSE(json.at("benchmarks")[3].contains("kernel_error"));
}

TEST_CASE("a json report of nothing is still one") {
  CHECK(report({}).at("benchmarks") == Json::array());
}

TEST_CASE("csv quotes what would break a row, and shows no control character as it is") {
  Result result;
  result.tensor = "a,\"b\"\nc";
  result.weight_nmse = std::numeric_limits<double>::quiet_NaN();
  const std::string text = find_report("csv")->write({}, std::vector{result});
  CHECK(text.find(R"(,"a,""b""\nc",)") != text.npos);
  CHECK(text.find("nan") == text.npos);
  CHECK(text.starts_with("case,suite,op,mode,"));
}

TEST_CASE("the fields of the record have distinct names") {
  std::set<std::string_view> names;
  for (const Field& field : result_fields()) names.insert(field.name);
  CHECK(names.size() == result_fields().size());
  CHECK(names.size() == 62);
}

TEST_CASE("report formats are found by name") {
  for (const Report& format : all_reports()) CHECK(find_report(format.name) == &format);
  CHECK(find_report("tabel") == nullptr);
}
