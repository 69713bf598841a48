// SPDX-License-Identifier: Apache-2.0
// The error gate: ledgers are read and compared exactly, and a case that came to something else
// fails.
#include "harness/gates/errors/error_gate.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <variant>

#include "harness/gates/errors/ledger.h"
#include "harness/gates/gate.h"
#include "harness/process/process.h"
#include "reports/file.h"
#include "suites/inputs/boundaries.h"
#include "tests/catch.h"
#include "tests/harness/gates/sides.h"

namespace qbench {
namespace {

// A file that is gone with the object.
struct TemporaryFile {
  TemporaryFolder folder;
  std::string path = folder.path() + "/ledger";
};

Options gate_options(const std::string& file, std::vector<std::string> more) {
  more.insert(more.begin(), {"gate", "--errors", file});
  return test::options_of(more);
}

const std::vector<std::string> kSweep = {"--suite",  "roundtrip,gemm", "--modes",  "nf4,int8",
                                         "--shapes", "3x8x64",         "--device", "cpu"};

std::vector<std::string> with(std::vector<std::string> list, const std::string& more) {
  list.push_back(more);
  return list;
}

// The message that a reading of the text throws.
std::string refusal(const std::string& text) {
  const TemporaryFile file;
  write_file(file.path, text);
  try {
    read_ledger(file.path);
  } catch (const std::runtime_error& error) {
    return std::string(error.what()).substr(file.path.size());
  }
  return "none";
}

TEST_CASE("a ledger is read as it was written, sorted, with comments left out") {
  const Ledger ledger = {{"b/mode:nf4", {{"codes", "1f"}}}, {"a", {{"y", "0x1p-3"}, {"x", "2"}}}};
  const TemporaryFile file;
  write_file(file.path, ledger_text(ledger, "c"));
  CHECK(read_ledger(file.path) == ledger);
  CHECK(ledger_text(ledger, "c").find("a x=2 y=0x1p-3\nb/mode:nf4 codes=1f\n") !=
        std::string::npos);
}

TEST_CASE("lines that are no entries are refused with file and line") {
  CHECK(refusal("# only a comment\n\n") == "none");
  CHECK(refusal("# c\nid\n") == ":2: a case without figures");
  CHECK(refusal("id nmse\n") == ":1: 'nmse' is not FIELD=TEXT");
  CHECK(refusal("id =1\n") == ":1: '=1' is not FIELD=TEXT");
  CHECK(refusal("id a=1 a=2\n") == ":1: two values of a");
  CHECK(refusal("id a=1\nid a=1\n") == ":2: the case is there twice");
  CHECK_THROWS_AS(read_ledger("/nonexistent"), std::runtime_error);
}

TEST_CASE("differences name the field, what was and what is") {
  CHECK(differences({{"a", "1"}, {"b", "2"}}, {{"a", "1"}, {"b", "3"}, {"c", "4"}}) ==
        std::vector<Difference>{{"b", "2", "3"}, {"c", "", "4"}});
  CHECK(differences({{"a", "1"}}, {}) == std::vector<Difference>{{"a", "1", ""}});
  CHECK(differences({{"a", "1"}}, {{"a", "1"}}).empty());
}

TEST_CASE("what was recorded passes, with its sweep and without") {
  const TemporaryFile file;
  CHECK_THROWS_AS(run_gate(gate_options(file.path, kSweep)), std::runtime_error);
  CHECK(run_gate(gate_options(file.path, with(kSweep, "--update"))) == 0);
  CHECK(read_ledger(file.path).size() == 6);  // bf16 beside the two modes
  CHECK(run_gate(gate_options(file.path, kSweep)) == 0);
  CHECK(run_gate(gate_options(file.path, {})) == 0);
}

TEST_CASE("each changed figure of each case fails, and so do cases that are new or unknown") {
  const TemporaryFile file;
  run_gate(gate_options(file.path, with(kSweep, "--update")));
  const Ledger recorded = read_ledger(file.path);
  const auto gate = [&](const Ledger& ledger, const std::vector<std::string>& sweep) {
    write_file(file.path, ledger_text(ledger, "c"));
    return run_gate(gate_options(file.path, sweep));
  };
  for (const auto& [id, entry] : recorded)
    for (const auto& [field, text] : entry) {
      CAPTURE(id, field);
      Ledger changed = recorded;
      changed[id][field].back() ^= 1;
      CHECK(gate(changed, {}) == 2);
    }
  Ledger less = recorded;
  less.erase(less.begin());
  CHECK(gate(less, kSweep) == 2);
  Ledger more = recorded;
  more["gemm/mode:nf5/n:8/k:8/seed:1"] = {{"codes", "0"}};
  CHECK(gate(more, {}) == 2);
}

TEST_CASE("a breach names case, field, before, after, the line of the ledger and what reruns it") {
  const TemporaryFile file;
  run_gate(gate_options(file.path, with(kSweep, "--update")));
  Ledger changed = read_ledger(file.path);
  const std::string id = changed.rbegin()->first;
  const std::string codes = changed[id]["codes"];
  changed[id]["codes"] = "0";
  write_file(file.path, ledger_text(changed, "c"));
  const std::vector<Finding> findings = judge_errors(gate_options(file.path, {}));
  REQUIRE(findings.size() == 6);
  const Finding& breach = findings.back();
  CHECK(breach.judgement == Judgement::breach);
  CHECK(breach.subject == id);
  CHECK((breach.field == "codes" && breach.before == "0" && breach.after == codes));
  CHECK(breach.command == "qbench gate --errors " + file.path + " --case " + id);
  CHECK((breach.file == file.path && breach.line == 7));
  const auto recorded = judge_errors(gate_options(file.path, {"--update"}));
  CHECK(recorded.back().judgement == Judgement::recorded);
  CHECK(judge_errors(gate_options(file.path, {})).back().judgement == Judgement::same);
}

TEST_CASE("an update keeps the cases that are not of its sweep") {
  const TemporaryFile file;
  run_gate(gate_options(file.path, with(kSweep, "--update")));
  const std::vector<std::string> other = {"--suite", "roundtrip", "--modes", "fp4",     "--shapes",
                                          "8x64",    "--device",  "cpu",     "--update"};
  CHECK(run_gate(gate_options(file.path, other)) == 0);
  CHECK(read_ledger(file.path).size() == 7);
}

TEST_CASE("an update drops the cases that there are no longer") {
  const TemporaryFile file;
  run_gate(gate_options(file.path, with(kSweep, "--update")));
  Ledger more = read_ledger(file.path);
  more["gemm/mode:nf5/n:8/k:8/seed:1"] = {{"codes", "0"}};
  write_file(file.path, ledger_text(more, "c"));
  CHECK(run_gate(gate_options(file.path, {})) == 2);
  CHECK(run_gate(gate_options(file.path, {"--update"})) == 0);
  CHECK(read_ledger(file.path).size() == 6);
}

TEST_CASE("a ledger of a device that is not here cannot be compared") {
  const TemporaryFile file;
  write_file(file.path,
             "gemm/mode:nf4/kernel:gemm/device:tpu/dtype:bf16/bs:64/m:1/n:8/k:64/input:normal/"
             "seed:1 codes=0\n");
  CHECK(run_gate(gate_options(file.path, {})) == 5);
}

TEST_CASE("the gate of errors leaves whole models out, and says where their errors are") {
  const TemporaryFile file;
  CHECK(run_gate(gate_options(file.path, {"--update", "--suite", "decode", "--modes", "nf4",
                                          "--shapes", "opt-350m"})) == 1);
}

TEST_CASE("boundaries hold every threshold of a mode and the floats beside it") {
  for (const Mode* mode : all_modes()) {
    const Thresholds& thresholds = mode->quantizer.thresholds;
    if (thresholds.at.empty()) continue;
    const Matrix weights = make_boundaries(*mode, 64, 64);
    const std::set<float> held(weights.values.begin(), weights.values.end());
    for (const float t : thresholds.at)
      for (const float x : {std::nextafter(t, -9.0f), t, std::nextafter(t, 9.0f)}) {
        CAPTURE(mode->name, t);
        CHECK(held.contains(x));
        CHECK(held.contains(-x));
      }
    float most = 1;  // TWN's thresholds are beyond it
    for (const float t : thresholds.at) most = std::max(most, std::nextafter(std::abs(t), 9.0f));
    CHECK(*held.rbegin() == most);
    CHECK(*held.begin() >= -most);
  }
}

}  // namespace
}  // namespace qbench
