// SPDX-License-Identifier: Apache-2.0
// The policy file, and the gates that it names.
#include "harness/gates/policy.h"

#include "harness/gates/gate.h"
#include "reports/file.h"
#include "reports/results/report.h"
#include "tests/harness/gates/policies.h"
#include "tests/harness/gates/sides.h"

namespace qbench {
namespace {

using namespace test;

TEST_CASE("a policy says which gates there are, over which sweeps, with which thresholds") {
  const Policy policy = policy_of(R"(
inconclusive = "fail"
[errors]
ledger = "errors.ledger"
[speed]
suites = ["gemv", "gemm"]
modes = "nf4"
seed = 3
threshold = 0.05
[speed.trade]
sqnr_db = 0.5
slowest = 0.2
[instructions]
suites = ["gemv"]
threshold = 0.01
trade.bits_per_param = 0.25
[static]
command = ["scripts/kernels/kernel_gates", "--findings", "-"]
)");
  CHECK(policy.inconclusive_fails);
  CHECK(policy.errors->ledger == "errors.ledger");
  CHECK(policy.errors->sweep.empty());
  CHECK(policy.speed->sweep == Arguments{"--modes", "nf4", "--seed", "3", "--suite", "gemv,gemm"});
  CHECK(policy.speed->allowed.threshold == 0.05);
  CHECK(policy.speed->allowed.trade.sqnr_db == 0.5);
  CHECK(policy.speed->allowed.trade.slowest == 0.2);
  CHECK_FALSE(policy.speed->allowed.trade.bits_per_param);
  CHECK(policy.instructions->rule.threshold == 0.01);
  CHECK(policy.instructions->rule.trade.bits_per_param == 0.25);
  CHECK(policy.statics->command == Arguments{"scripts/kernels/kernel_gates", "--findings", "-"});
}

TEST_CASE("gates that a policy does not name are not there, and inconclusive passes") {
  const Policy policy = policy_of("[speed]\nsuites = 'gemv'\n");
  CHECK_FALSE(policy.inconclusive_fails);
  CHECK_FALSE(policy.errors);
  CHECK_FALSE(policy.instructions);
  CHECK_FALSE(policy.statics);
  CHECK_FALSE(policy.speed->allowed.threshold);
}

TEST_CASE("mistakes in a policy are told with their line") {
  CHECK(refusal("[speed\n").starts_with(":1: "));
  CHECK(refusal("[speed]\nmode = 'nf4'\n") ==
        ":2: unknown key of [speed] 'mode': did you mean 'modes'?");
  CHECK(refusal("\n[speeed]\n") == ":2: unknown key 'speeed': did you mean 'speed'?");
  CHECK(refusal("[speed]\n[speed.trade]\nsqnr = 1\n")
            .starts_with(":3: unknown key of [speed.trade] 'sqnr'"));
  CHECK(refusal("[speed]\nthreshold = '5%'\n") == ":2: threshold is not a number: 0.05 is 5 %");
  CHECK(refusal("[speed]\nthreshold = 5\n") == ":2: threshold is not below 1: 0.05 is 5 %");
  CHECK(refusal("[instructions]\nthreshold = -0.5\n").starts_with(":2: "));
  CHECK(refusal("[instructions]\nthreshold = nan\n").starts_with(":2: "));
  CHECK(refusal("[speed]\ntrade.sqnr_db = -1.0\n") == ":2: sqnr_db is not above 0");
  CHECK(refusal("[speed]\nmodes = [1.5]\n").starts_with(":2: modes is neither text"));
  CHECK(refusal("speed = 1\n") == ":1: speed is not a table: write [speed]");
  CHECK(refusal("inconclusive = 'maybe'\n[speed]\n").ends_with("give \"pass\" or \"fail\""));
  CHECK(refusal("[errors]\n").ends_with("[errors] names no ledger = \"FILE\""));
  CHECK(refusal("[static]\n").ends_with("names no command = [\"PROGRAM\", ...]"));
  CHECK(refusal("").find("it names no gate") != std::string::npos);
  CHECK_THROWS(read_policy("/nonexistent.toml"));
}

// A folder with a policy and what it names.
class Project {
 public:
  Project() : cache_("XDG_CACHE_HOME", folder_.path() + "/cache") {}
  std::string file(const std::string& name) const { return folder_.path() + "/" + name; }
  int gate(const std::string& policy, std::vector<std::string> more = {}) {
    write_file(file("p.toml"), policy);
    std::vector<std::string> line = {"gate", "--policy", file("p.toml"), "--report",
                                     "jsonl=" + file("found")};
    line.insert(line.end(), more.begin(), more.end());
    return run_gate(options_of(line));
  }
  std::vector<Finding> found() const {
    return read_findings(run_process({.arguments = {"cat", file("found")}}).out);
  }

 private:
  TemporaryFolder folder_;
  Variable cache_;
};

constexpr const char* kPrintsBreach =
    R"([static]
command = ["echo", '{"type":"finding","gate":"static","judgement":"BREACH","subject":"sm_90 gemv"}']
)";

TEST_CASE("an external gate's findings are part of the report, and its breach exits with 3") {
  Project project;
  CHECK(project.gate(kPrintsBreach) == 3);
  REQUIRE(project.found().size() == 1);
  CHECK(project.found()[0].subject == "sm_90 gemv");
}

TEST_CASE("a gate that cannot be run is not comparable, and the others go on") {
  Project project;
  CHECK(project.gate("[static]\ncommand = 'false'\n") == 5);
  CHECK(project.found()[0].reason == "false ended with 1");
  CHECK(project.gate("[static]\ncommand = '/nonexistent'\n[speed]\nsuites = 'gemv'\n") == 5);
  REQUIRE(project.found().size() == 2);
  CHECK(project.found()[0].judgement == Judgement::skipped);
  CHECK(project.found()[0].reason == "no --base OLD to compare with");
  CHECK(project.gate("[speed]\nsuites = 'gemv'\n", {"--base", "/nonexistent"}) == 5);
}

TEST_CASE("an external gate that fails without a breach to show is not comparable") {
  Project project;
  const auto policy = [&](const std::string& end) {
    write_script(project.file("external"),
                 "echo '{\"type\":\"finding\",\"gate\":\"static\",\"judgement\":\"SAME\","
                 "\"subject\":\"a\"}'\n" +
                     end);
    return "[static]\ncommand = '" + project.file("external") + "'\n";
  };
  CHECK(project.gate(policy("exit 0\n")) == 0);
  CHECK(project.gate(policy("exit 1\n")) == 5);
  CHECK(project.found().size() == 2);
}

TEST_CASE("a sweep that is none is told before any gate runs, with its table") {
  Project project;
  const std::string bad = std::string(kPrintsBreach) + "[speed]\nsuites = 'gemx'\n";
  CHECK_THROWS_WITH(project.gate(bad, {"--base", "x"}),
                    "the policy's [speed]: unknown suite 'gemx': did you mean 'gemv'?");
}

TEST_CASE("a threshold that is finer than the machine can tell does not end the other gates") {
  Project project;
  write_script(project.file("q"), fake_qbench("1"));
  const std::string policy =
      std::string("[speed]\nsuites = 'gemv'\nthreshold = 0.001\n") + kPrintsBreach;
  CHECK(project.gate(policy, {"--base", project.file("q")}) == 3);
  CHECK(project.found()[0].judgement == Judgement::incomparable);
}

TEST_CASE("--gates leaves out the others of the policy") {
  Project project;
  const std::string policy = std::string("[speed]\nsuites = 'gemv'\n") + kPrintsBreach;
  CHECK(project.gate(policy, {"--gates", "speed"}) == 1);  // without a base it judges nothing
  CHECK(project.found().size() == 1);
  CHECK(project.gate(policy, {"--gates", "speed,static"}) == 3);
}

TEST_CASE("--gates names gates of the policy") {
  Project project;
  CHECK_THROWS_WITH(project.gate(kPrintsBreach, {"--gates", "speed"}),
                    "--gates speed: the policy has no [speed]; it has [static]");
}

TEST_CASE("a gate that judged nothing does not pass, whatever the others judged") {
  Project project;
  const std::string same =
      R"([static]
command = ["echo", '{"type":"finding","gate":"static","judgement":"SAME","subject":"a"}']
)";
  CHECK(project.gate(same) == 0);
  write_file(project.file("empty"), "# nothing\n");
  const std::string errors = "[errors]\nledger = '" + project.file("empty") + "'\n";
  CHECK(project.gate(errors + same) == 1);
  CHECK(project.found()[0].judgement == Judgement::unjudged);
  CHECK(project.gate(errors + "suites = 'gemv'\nfilter = 'none'\n" + same) == 1);
  CHECK(project.gate("[static]\ncommand = 'true'\n") == 1);
  CHECK(project.found()[0].reason.starts_with("true printed no finding: "));
}

TEST_CASE("a filter that leaves no case to a gate of two sides is told as such") {
  Project project;
  write_script(project.file("q"), "echo 'no case matches' >&2; exit 1\n");
  const auto gate = [&](const std::string& name) {
    return project.gate("[" + name + "]\nsuites = 'gemv'\nfilter = 'none'\n",
                        {"--base", project.file("q")});
  };
  CHECK(gate("speed") == 1);
  CHECK(project.found()[0].reason == "no case matches --filter 'none'; see --dry-run");
  CHECK(gate("instructions") == 1);
}

TEST_CASE("what an external gate skips is told, and passes beside what others judged") {
  Project project;
  const auto line = [](const std::string& judgement) {
    return R"({"type":"finding","gate":"static","subject":"a","judgement":")" + judgement + "\"}";
  };
  const auto gate = [&](const std::string& lines) {
    write_script(project.file("external"), "echo '" + lines + "'\n");
    return project.gate("[static]\ncommand = '" + project.file("external") + "'\n");
  };
  CHECK(gate(line("SKIPPED")) == 1);
  CHECK(gate(line("SKIPPED") + "\n" + line("SAME")) == 0);
}

TEST_CASE("errors that grew since the base are the ledger's to judge where there is one") {
  std::vector<Finding> found = {
      {.gate = "errors",
       .judgement = Judgement::breach,
       .subject = "a",
       .field = "weight_nmse",
       .before = "1",
       .after = "2"},
      {.gate = "errors", .judgement = Judgement::breach, .subject = "a", .field = "status"},
      {.gate = "instructions",
       .judgement = Judgement::breach,
       .subject = "a",
       .field = "instructions"}};
  leave_to_ledger(found);
  CHECK(found[0].judgement == Judgement::skipped);
  CHECK(found[0].reason == "larger than the base's; [errors] judges that");
  CHECK(found[1].judgement == Judgement::breach);
  CHECK(found[2].judgement == Judgement::breach);
}

TEST_CASE("inconclusive fails where the policy says so") {
  Project project;
  const std::string open = R"([static]
command = ["echo", '{"type":"finding","gate":"static","judgement":"INCONCLUSIVE","subject":"a"}']
)";
  CHECK(project.gate(open) == 0);
  CHECK(project.gate("inconclusive = 'pass'\n" + open) == 0);
  CHECK(project.gate("inconclusive = 'fail'\n" + open) == 4);
}

TEST_CASE("the error gate of a policy is the ledger's") {
  Project project;
  const std::string ledger = project.file("errors.ledger");
  const std::string policy = "[errors]\nledger = '" + ledger + "'\n";
  const std::vector<std::string> sweep = {"--suite",  "roundtrip", "--modes",  "nf4",
                                          "--shapes", "8x64",      "--device", "cpu"};
  std::vector<std::string> record = {"gate", "--errors", ledger, "--update"};
  record.insert(record.end(), sweep.begin(), sweep.end());
  CHECK(run_gate(options_of(record)) == 0);
  CHECK(project.gate(policy) == 0);
  CHECK(project.found().size() == 2);
  std::string text = run_process({.arguments = {"cat", ledger}}).out;
  text.replace(text.find("codes=") + 6, 1, "x");
  write_file(ledger, text);
  CHECK(project.gate(policy) == 2);
}

}  // namespace
}  // namespace qbench
