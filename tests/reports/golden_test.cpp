// SPDX-License-Identifier: Apache-2.0
// Every report format against its golden file. A wanted change: run with QBENCH_UPDATE_GOLDEN=1,
// then read the diff.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "reports/file.h"
#include "reports/journal/journal.h"
#include "reports/results/report.h"
#include "tests/catch.h"
#include "tests/reports/findings/samples.h"
#include "tests/reports/samples.h"
#include "tests/tree.h"

using namespace qbench;

namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void check_golden(const std::string& name, const std::string& text) {
  const std::string path = test::in_tree("tests/reports/golden/") + name;
  if (std::getenv("QBENCH_UPDATE_GOLDEN")) write_file(path, text);
  CHECK(text == contents(path));
}

// Its value is that of the build, not of the results.
std::string without_build_type(std::string json) {
  const std::size_t at = json.find("\"library_build_type\"");
  return at == json.npos ? json : json.erase(at, json.find('\n', at) - at);
}

}  // namespace

TEST_CASE("the table of layers with adapters is the golden one: rank, and what adapters take") {
  std::vector<Result> results;
  for (const bool backward : {false, true})
    for (const Result& of : {samples::gemm("bf16", {}, {16, 55.6, 0.0002, 8e-3}, "bf16"),
                             samples::gemm("nf4", 64, {4.5, 20.7, 0.0093, 8.5e-3}, "bf16")})
      results.push_back(samples::qlora(of, backward));
  check_golden("adapters.table", find_report("table")->write(samples::environment(), results));
}

TEST_CASE("the table of generated weights is the golden one") {
  check_golden("generated.table",
               find_report("table")->write(samples::environment(), samples::generated()));
}

TEST_CASE("the table of real weights is the golden one") {
  check_golden("real_weights.table",
               find_report("table")->write(samples::environment(), samples::real_weights()));
}

TEST_CASE("what a busy run of odd tensors tells is the golden text") {
  const auto results = samples::busy();
  check_golden("busy.table", find_report("table")->write({}, results));
  check_golden("busy_80.table", find_report("table")->write({}, results, 80));
  check_golden("busy.md", find_report("markdown")->write({}, results));
  check_golden("busy.totals", find_report("totals")->write({}, results));
}

TEST_CASE(
    "a run of several devices, kernels, types, inputs and tokens is told as the golden text") {
  const auto results = samples::mixed();
  check_golden("mixed.table", find_report("table")->write(samples::environment(), results));
  check_golden("mixed_80.table", find_report("table")->write({}, results, 80));
  check_golden("mixed.md", find_report("markdown")->write({}, results));
}

TEST_CASE("the markdown report is the golden one") {
  check_golden("generated.md",
               find_report("markdown")->write(samples::environment(), samples::generated()));
}

TEST_CASE("the csv report is the golden one") {
  check_golden("generated.csv",
               find_report("csv")->write(samples::environment(), samples::generated()));
}

TEST_CASE("the json report is the golden one") {
  check_golden("generated.json", without_build_type(find_report("json")->write(
                                     samples::environment(), samples::generated())));
}

TEST_CASE("every report of findings is the golden one") {
  for (const FindingReport& report : finding_reports())
    check_golden("findings." + std::string(report.name),
                 report.write(samples::findings(), Detail::brief));
}

TEST_CASE("the lines of a journal are the golden ones") {
  std::string lines = journal_line(samples::environment()) + "\n";
  for (const Result& result : samples::generated()) lines += journal_line(result) + "\n";
  check_golden("generated.jsonl", lines);
}
