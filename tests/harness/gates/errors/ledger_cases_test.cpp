// SPDX-License-Identifier: Apache-2.0
// Ledgers without a case to judge, restricted by the options of a sweep, and of real tensors.
#include "harness/gates/errors/ledger_cases.h"

#include "harness/gates/errors/error_gate.h"
#include "harness/gates/errors/restriction.h"
#include "harness/gates/gate.h"
#include "reports/file.h"
#include "reports/results/report.h"
#include "tests/harness/gates/sides.h"
#include "tests/suites/checkpoints/safetensors/safetensors_bytes.h"

namespace qbench {
namespace {

using namespace test;

// A ledger in a folder of its own, and the gate on it.
class LedgerFile {
 public:
  std::string path(const std::string& name = "ledger") const { return folder_.path() + "/" + name; }
  void write(const std::string& text) const { write_file(path(), text); }
  std::vector<Finding> judge(std::vector<std::string> more = {}) const {
    return judge_errors(options(std::move(more)));
  }
  int exit(std::vector<std::string> more = {}) const {
    more.insert(more.end(), {"--report", "jsonl=" + path("found")});
    return run_gate(options(std::move(more)));
  }

 private:
  Options options(std::vector<std::string> more) const {
    std::vector<std::string> line = {"gate", "--errors", path()};
    line.insert(line.end(), more.begin(), more.end());
    return options_of(line);
  }
  TemporaryFolder folder_;
};

const std::vector<std::string> kRecord = {
    "--suite",  "roundtrip,gemm",  "--modes",  "nf4,int8", "--shapes", "3x8x64",
    "--inputs", "normal,outliers", "--device", "cpu",      "--update"};

// Cases of gemm and roundtrip, with bf16, nf4 and int8, at two inputs.
constexpr std::size_t kCases = 12;

std::string reason_of(const std::vector<Finding>& findings) {
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].judgement == Judgement::unjudged);
  CHECK(exit_code(findings) == 1);
  return findings[0].reason;
}

TEST_CASE("a ledger that holds no case does not pass") {
  const LedgerFile ledger;
  for (const char* text : {"", "# comments\n\n# only\n"}) {
    ledger.write(text);
    CHECK(reason_of(ledger.judge()) ==
          ledger.path() + " holds no case: record some with --suite and --update");
    CHECK(ledger.exit() == 1);
    CHECK(ledger.exit({"--suite", "roundtrip", "--shapes", "8x64", "--modes", "nf4"}) == 1);
  }
  CHECK(exit_code(judge_errors(options_of({"gate", "--errors", "/dev/null"}))) == 1);
}

TEST_CASE("a folder is no ledger, not even to record") {
  const TemporaryFolder folder;
  for (const char* more : {"--threads=1", "--update"})
    CHECK(reason_of(judge_errors(options_of({"gate", "--errors", folder.path(), more}))) ==
          folder.path() + " is a folder: name the file of a ledger");
}

TEST_CASE("an update may begin with an empty ledger, but has to have cases") {
  const LedgerFile ledger;
  ledger.write("");
  CHECK(reason_of(ledger.judge({"--update"})) ==
        "there is no case to judge: name some with --suite");
  CHECK(ledger.exit(kRecord) == 0);
  CHECK(read_ledger(ledger.path()).size() == kCases);
}

TEST_CASE("a filter that leaves no case of a sweep does not pass") {
  const LedgerFile ledger;
  ledger.exit(kRecord);
  CHECK(reason_of(ledger.judge({"--suite", "gemm", "--filter", "nothing"}))
            .starts_with("no case matches --filter 'nothing'"));
}

TEST_CASE("a sweep of which all is skipped does not pass, and says why") {
  const LedgerFile ledger;
  ledger.exit(kRecord);
  const auto found = ledger.judge({"--suite", "roundtrip", "--modes", "nf4", "--shapes", "8x64",
                                   "--block-sizes", "48", "--filter", "bs:48"});
  REQUIRE(found.size() == 2);
  CHECK(found[0].judgement == Judgement::skipped);
  CHECK(found[1].judgement == Judgement::unjudged);
  CHECK(found[1].reason == "all of it was skipped: " + found[0].reason);
  CHECK(exit_code(found) == 1);
}

TEST_CASE("without a suite the other options restrict the ledger") {
  const LedgerFile ledger;
  ledger.exit(kRecord);
  const auto judged = [&](std::vector<std::string> more) { return ledger.judge(more).size(); };
  CHECK(judged({}) == kCases);
  CHECK(judged({"--modes", "nf4"}) == 4);
  CHECK(judged({"--modes", "all"}) == kCases);
  CHECK(judged({"--inputs", "outliers"}) == 6);
  CHECK(judged({"--block-sizes", "64"}) == 4);
  CHECK(judged({"--dtypes", "fp16"}) == 2);  // int8's own, of the product
  CHECK(judged({"--kernels", "reference"}) == kCases);
  CHECK(judged({"--device", "cpu"}) == kCases);
  CHECK(judged({"--device", "auto"}) == kCases);
  CHECK(judged({"--seed", "1"}) == kCases);
  CHECK(judged({"--filter", "^gemm/mode:bf16"}) == 2);
  CHECK(judged({"--modes", "nf4,int8", "--inputs", "normal", "--filter", "^gemm/"}) == 2);
  CHECK(judged({"--shapes", "8x64"}) == kCases);    // every m
  CHECK(judged({"--shapes", "3x8x64"}) == kCases);  // and what has none
  CHECK(ledger.judge({"--shapes", "4x8x64"}).size() == 6);
}

TEST_CASE("a restriction that leaves nothing does not pass, and names itself") {
  const LedgerFile ledger;
  ledger.exit(kRecord);
  const std::string rest = ": leave that out, or record such cases with --suite and --update";
  const std::string start = "no case of " + ledger.path() + " ";
  CHECK(reason_of(ledger.judge({"--modes", "fp4"})) == start + "is of mode fp4" + rest);
  CHECK(reason_of(ledger.judge({"--device", "cuda:0"})) == start + "is of device cuda:0" + rest);
  CHECK(reason_of(ledger.judge({"--seed", "2"})) == start + "is of seed 2" + rest);
  CHECK(reason_of(ledger.judge({"--shapes", "8x65"})) == start + "is of shape 8x65" + rest);
  CHECK(reason_of(ledger.judge({"--modes", "nf4", "--inputs", "scales", "--filter", "x"})) ==
        start + "is of mode nf4, input scales and matches --filter 'x'" + rest);
}

TEST_CASE("cases that there are no longer are judged where the options leave them, and rerun") {
  const LedgerFile ledger;
  ledger.write(
      "gemm/mode:nf5/kernel:reference/n:8/k:8/input:normal/seed:1 codes=0\n"
      "gemm/mode:nf4/kernel:gone/n:8/k:8/input:normal/seed:1 codes=0\n");
  const auto found = ledger.judge({"--kernels", "reference"});
  REQUIRE(found.size() == 1);
  CHECK(found[0].judgement == Judgement::breach);
  CHECK(found[0].subject.starts_with("gemm/mode:nf5/"));
  CHECK(found[0].command.find(" --filter '^gemm") != std::string::npos);
}

TEST_CASE("ids of a ledger may hold blanks, control characters and percent signs") {
  const LedgerFile file;
  const std::string head = "roundtrip/mode:nf4/n:1/k:1/seed:1/tensor:";
  const Ledger ledger = {{head + "a b\tc\n%41\x7f\xC3\xA9", {{"codes", "1"}}},
                         {head, {{"codes", "2"}}}};
  file.write(ledger_text(ledger, "c"));
  CHECK(read_ledger(file.path()) == ledger);
  CHECK(ledger_text(ledger, "c").find("/tensor:a%20b%09c%0A%2541%7F\xC3\xA9 codes=1\n") !=
        std::string::npos);
  CHECK(line_of(file.path(), ledger.rbegin()->first) == 3);
  file.write(head + "50%of%4 codes=1\n");  // of a ledger that escaped nothing
  CHECK(read_ledger(file.path()).begin()->first == head + "50%of%4");
}

TEST_CASE("cases of real tensors are judged with their file") {
  const LedgerFile ledger;
  const std::string weights = ledger.path("a.safetensors");
  write_file(weights, one_tensor("a b%", "F32", "[2,64]", std::string(512, 'x')));
  const std::vector<std::string> record = {"--suite",   "roundtrip", "--modes", "nf4",
                                           "--weights", weights,     "--update"};
  CHECK(ledger.exit(record) == 0);
  CHECK(read_ledger(ledger.path()).size() == 2);
  CHECK(read_ledger(ledger.path()).begin()->first.ends_with("/tensor:a b%"));
  CHECK(ledger.exit({"--weights", weights}) == 0);
  CHECK(ledger.judge({"--weights", weights}).size() == 2);

  const auto without = ledger.judge();
  REQUIRE(without.size() == 1);
  CHECK(without[0].reason == "cases of real tensors, which need --weights FILE: 2");
  CHECK(exit_code(without) == 5);

  write_file(weights, one_tensor("a b%", "F32", "[2,64]", std::string(511, 'x') + 'y'));
  const auto changed = ledger.judge({"--weights", weights});
  CHECK(exit_code(changed) == 2);
  CHECK(changed[0].command.find("--weights " + weights) != std::string::npos);

  write_file(weights, one_tensor("other", "F32", "[2,64]", std::string(512, 'x')));
  const auto other = ledger.judge({"--weights", weights});
  REQUIRE(other.size() == 2);
  CHECK(other[0].reason == weights + " has no such tensor: --update drops it");
  CHECK(reason_of(ledger.judge({"--weights", weights + ":other"})) ==
        "there is no case to judge: name some with --suite");
}

TEST_CASE("auto restricts a ledger to the CPU and to CUDA devices, a name to its device") {
  const auto leaves = [](const std::string& devices, const std::string& device) {
    const Restriction restriction(options_of({"gate", "--errors", "ledger", "--device", devices}));
    return restriction.leaves("gemv/mode:nf4/kernel:gemv" + device + "/n:8/k:64/seed:1");
  };
  const std::string cpu, first = "/device:cuda:0", second = "/device:cuda:1",
                         emulated = "/device:emulated";
  for (const std::string& device : {cpu, first, second}) CHECK(leaves("auto", device));
  CHECK_FALSE(leaves("auto", emulated));
  CHECK(leaves("auto,emulated", emulated));
  CHECK(leaves("cuda:1", second));
  for (const std::string& device : {cpu, first, emulated}) CHECK_FALSE(leaves("cuda:1", device));
  CHECK(leaves("cpu", cpu));
  CHECK_FALSE(leaves("cpu", first));
}

}  // namespace
}  // namespace qbench
