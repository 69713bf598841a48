// SPDX-License-Identifier: Apache-2.0
// `qbench model` as people run it: the screen, plans, files, budgets beyond reach.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/run/process.h"
#include "reports/journal/journal.h"
#include "tests/catch.h"
#include "tests/harness/model/network/networks.h"

namespace qbench {
namespace {

using namespace test;
using Json = nlohmann::json;
using Line = std::vector<std::string>;

Ended model(const SmallNetwork& network, Line arguments) {
  Line line = {QBENCH_EXECUTABLE, "model", network.file(), "-q"};
  line.insert(line.end(), arguments.begin(), arguments.end());
  return run_process({.arguments = std::move(line)});
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("model prints its screen alone") {
  const SmallNetwork network;
  const Ended ended = model(network, {});
  CHECK(ended.code == 0);
  CHECK(ended.err.empty());
  CHECK(ended.out.starts_with("model       "));
  CHECK(has(ended.out, "q4_k"));
  const Ended all = model(network, {"--layers", "all", "--modes", "nf4"});
  CHECK(has(all.out, "Output SQNR in dB"));
}

TEST_CASE("a report or a plan on stdout is there alone, and the record has every layer and mode") {
  const SmallNetwork network;
  const Ended csv = model(network, {"--modes", "nf4,int4", "--report", "csv"});
  CHECK(csv.out.starts_with("case,"));
  CHECK_FALSE(has(csv.out, "left alone"));
  const std::string journal = network.path("j.jsonl");
  CHECK(model(network, {"--modes", "nf4,int4", "--journal", journal}).code == 0);
  const JournalRun run = read_journal(journal).at(0);
  CHECK(run.results.size() == 4 * 2);
  CHECK_FALSE(value_of(run.environment, "weights_hash").empty());
  CHECK(run.results.front().kurtosis.has_value());
  CHECK(run.results.front().output_nmse.has_value());
}

TEST_CASE("a plan has a mode for each layer within its budget, and is checked") {
  const SmallNetwork network;
  const Ended ended =
      model(network, {"--modes", "nf4,int4,q6_k,q2_k", "--bits", "4.8", "--plan", "json"});
  CAPTURE(ended.err);
  CHECK(ended.code == 0);
  const Json plan = Json::parse(ended.out);
  CHECK(plan["layers"].size() == 4);
  CHECK(plan["bits_per_param"] <= 4.8);
  CHECK(plan["bound_sqnr_db"] >= plan["predicted_sqnr_db"]);
  CHECK(plan["checked_sqnr_db"].get<double>() ==
        Approx(plan["predicted_sqnr_db"].get<double>()).margin(1));
}

TEST_CASE("a plan that the target cannot express is an error, after the screen") {
  const SmallNetwork network;
  const std::string file = network.path("plan.json");
  const Ended ended = model(network, {"--modes", "nf4,int4,q6_k,q2_k", "--bits", "4.8", "--plan",
                                      "bitsandbytes=" + file});
  CHECK(ended.code == 1);
  CHECK(has(ended.err, "bitsandbytes holds one quantized mode a model"));
  CHECK(has(ended.out, "checked on other rows"));
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("a budget beyond reach ends with 1 and the least, before any work") {
  const SmallNetwork network;
  const Ended bits = model(network, {"--modes", "nf4,int4", "--bits", "4"});
  CHECK(bits.code == 1);
  CHECK(bits.out.empty());
  CHECK(has(bits.err, "the least that these modes reach is --bits 4.1563"));
  CHECK(model(network, {"--modes", "nf4,int4", "--bits", "4.1563"}).code == 0);
  CHECK(model(network, {"--modes", "nf4", "--memory", "0.00005GB"}).code == 1);
  CHECK(model(network, {"--modes", "nf4", "--memory", "1MB"}).code == 0);
}

TEST_CASE("options that model cannot follow are refused in one line") {
  const SmallNetwork network;
  for (const Line& line :
       {Line{"--inputs", "uniform"}, Line{"--m", "1,2"}, Line{"--exclude", "nothing"},
        Line{"--modes", "mxfp4", "--exclude", "."}, Line{"--report", "csv=" + network.file()}}) {
    const Ended ended = model(network, line);
    CAPTURE(line, ended.err);
    CHECK(ended.code == 1);
    CHECK(std::ranges::count(ended.err, '\n') == 1);
  }
}

TEST_CASE("figures do not depend on the number of threads") {
  const SmallNetwork network;
  const auto with = [&](const char* threads) {
    return model(network, {"--modes", "nf4,q4_k", "--threads", threads}).out;
  };
  CHECK(with("1") == with("2"));
}

}  // namespace qbench
