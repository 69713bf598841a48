// SPDX-License-Identifier: Apache-2.0
// Which keys of a result the sections, the totals and the families of JSON keep apart, one key at a
// time.
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "reports/results/report.h"
#include "reports/results/sections.h"
#include "reports/summaries/totals.h"
#include "tests/catch.h"
#include "tests/reports/samples.h"

using namespace qbench;

namespace {

struct Key {
  const char* name;
  void (*change)(Result&);
  bool own_section;  // results that differ in this key alone stand in two sections
  bool own_total;    // and count towards two totals
};

constexpr Key kKeys[] = {
    {"suite", [](Result& r) { r.suite = "gemv"; }, true, true},
    {"m", [](Result& r) { r.m = 1; }, true, true},
    {"n", [](Result& r) { r.n = 7; }, true, false},
    {"k", [](Result& r) { r.k = 7; }, true, false},
    {"input", [](Result& r) { r.input = "outliers"; }, true, true},
    {"tensor", [](Result& r) { r.tensor += "2"; }, true, false},
    {"weights", [](Result& r) { r.weights = "other.safetensors"; }, true, false},
    {"mode", [](Result& r) { r.mode = "fp4"; }, false, true},
    {"block", [](Result& r) { r.block_size = 128; }, false, true},
    {"no block", [](Result& r) { r.block_size.reset(); }, false, true},
    {"kernel", [](Result& r) { r.kernel = "gemm-mma"; }, false, true},
    {"device", [](Result& r) { r.device = "cuda:0"; }, false, true},
    {"dtype", [](Result& r) { r.dtype = "fp16"; }, false, true},
    {"seed", [](Result& r) { r.seed = 2; }, false, false},
    {"threads", [](Result& r) { r.threads = 7; }, false, false},
    {"seconds", [](Result& r) { r.seconds = 7; }, false, false},
    {"samples", [](Result& r) { r.samples = 7; }, false, false},
    {"cache", [](Result& r) { r.cache = "cold"; }, false, false},
};

Result product(const char* tensor) {
  Result r = samples::gemm("nf4", 64, {4.5, 20, 0.5, 2e-6}, "bf16");
  r.tensor = tensor;
  r.weights = "model.safetensors";
  r.id += "/tensor:" + r.tensor;
  return r;
}

Result changed(Result r, const Key& key) {
  key.change(r);
  r.id += std::string("/") + key.name;
  return r;
}

// Two tensors, and the same two with one key changed.
std::vector<Result> pairs(const Key& key) {
  const Result a = product("a"), b = product("b");
  return {a, changed(a, key), b, changed(b, key)};
}

std::size_t count_sections(const std::vector<Result>& results) {
  std::size_t sections = 0;
  for (const Section& section : make_sections(results))
    if (section.tensor.find("total") == section.tensor.npos) ++sections;
  return sections;
}

// The texts under the heading of a label, or none where the section has no such column.
std::vector<std::string> labels(const Section& section, const std::string& heading) {
  std::vector<std::string> out;
  for (const SectionColumn& column : section.columns)
    if (column.figure == nullptr && column.heading[1] == heading)
      for (const Cell& cell : column.cells) out.push_back(cell.text);
  return out;
}

}  // namespace

TEST_CASE("results that differ in one key share a section or do not, key by key") {
  for (const Key& key : kKeys) {
    CAPTURE(key.name);
    const std::vector<Result> all = pairs(key);
    CHECK(count_sections({all[0], all[1]}) == (key.own_section ? 2 : 1));
    CHECK(count_sections(all) == (key.own_section ? 4 : 2));
    const std::vector<Result> apart{all[0], all[2], all[1], all[3]};
    CHECK(group_results(apart).size() == (key.own_section ? 4 : 2));
  }
}

TEST_CASE("results that differ in one key share a total or do not, key by key") {
  for (const Key& key : kKeys) {
    CAPTURE(key.name);
    const std::vector<Result> all = pairs(key);
    const std::vector<Result> totals = totals_of(all);
    REQUIRE(totals.size() == (key.own_total ? 2 : 1));
    for (const Result& total : totals)
      CHECK(total.tensor == (key.own_total ? "total (2 tensors)" : "total (4 tensors)"));
    if (!key.own_total) continue;
    Result second = totals[0];
    key.change(second);
    CHECK(second.suite == totals[1].suite);
    CHECK(second.m == totals[1].m);
    CHECK(second.input == totals[1].input);
    for (const auto text : {&Result::mode, &Result::kernel, &Result::device, &Result::dtype})
      CHECK(second.*text == totals[1].*text);
    CHECK(second.block_size == totals[1].block_size);
    CHECK(second.op == totals[1].op);
  }
}

TEST_CASE("a result is in exactly one section, and results keep their order there") {
  std::vector<Result> all;
  for (const Key& key : kKeys)
    for (const Result& r : pairs(key)) all.push_back(r);
  std::set<const Result*> seen;
  for (const auto& rows : group_results(all)) {
    CHECK(std::ranges::is_sorted(rows));
    for (const Result* r : rows) CHECK(seen.insert(r).second);
  }
  CHECK(seen.size() == all.size());
}

TEST_CASE("what tells the rows of a section apart is a column of it, what they share its title") {
  for (const Key& key : kKeys) {
    const std::string name = key.name;
    if (key.own_section || !key.own_total || name == "no block") continue;
    CAPTURE(name);
    const std::vector<Result> all = pairs(key);
    const Section section = make_sections(std::vector{all[0], all[1]}).at(0);
    const std::vector<std::string> texts = labels(section, name);
    REQUIRE(texts.size() == 2);
    CHECK(texts[0] != texts[1]);
    const std::string shared = section.conditions.back();
    for (const auto& [label, text] :
         {std::pair{"kernel", "reference"}, {"device", "cpu"}, {"dtype", "bf16"}}) {
      CHECK((shared.find(text) == shared.npos) == (name == label));
      CHECK(labels(section, label).empty() == (name != label));
    }
  }
}

TEST_CASE("families of the JSON report are the sections, and instances within one are its cases") {
  for (const Key& key : kKeys) {
    CAPTURE(key.name);
    const auto json = nlohmann::json::parse(find_report("json")->write({}, pairs(key)));
    const auto& rows = json.at("benchmarks");
    std::set<std::pair<int, int>> places;
    std::set<int> families;
    for (const auto& row : rows) {
      families.insert(row.at("family_index").get<int>());
      places.emplace(row.at("family_index").get<int>(),
                     row.at("per_family_instance_index").get<int>());
    }
    CHECK(families.size() == (key.own_section ? 4 : 2));
    CHECK(places.size() == 4);
  }
}
