// SPDX-License-Identifier: Apache-2.0
// Instruction counts: where perf_event counts, and, in the gate, of programs that report their own.
#include "harness/measure/instructions.h"

#include <fcntl.h>

#include "harness/gates/ab/instruction_gate.h"
#include "tests/harness/fakes.h"
#include "tests/harness/gates/sides.h"

namespace qbench {
namespace {

using namespace test;

// Adds up so many numbers.
class Loop : public Trial {
 public:
  explicit Loop(unsigned count) : count_(count) {}
  double run_once() override {
    for (unsigned i = 0; i < count_; ++i) sum_ = sum_ + i;
    return 1;
  }
  void poison() override {}
  const Matrix& output() override { return output_; }

 private:
  unsigned count_;
  volatile unsigned sum_ = 0;
  Matrix output_;
};

TEST_CASE("the instructions of twice the work are twice as many") {
  Loop loop(1000000), twice(2000000);
  const auto one = count_instructions(loop), two = count_instructions(twice);
  CHECK(why_no_instructions().empty() == one.has_value());
  if (!one) QBENCH_SKIP("perf_event does not count here");
  CHECK(static_cast<double>(*two) == Approx(2.0 * static_cast<double>(*one)).epsilon(1e-3));
}

TEST_CASE("a counter that stays at 0 counts nothing, and that is said") {
  const auto at_0 = [] { return ::open("/dev/zero", O_RDONLY); };
  Loop loop(1000);
  CHECK_FALSE(count_instructions(loop, at_0()).has_value());
  CHECK(why_no_instructions(at_0()) == "its counter stays at 0, as in some virtual machines");
}

class Counts {
 public:
  // The verdict of the gate on two sides that report these counts, with more fields.
  Finding compare(const std::string& before, const std::string& after, double threshold = 0.01,
                  const Trade& trade = {}) {
    all_ = judge_instructions(side("old", before), side("new", after),
                              options_of({"ab", "a", "b", "--suite", "gemv"}),
                              {.threshold = threshold, .trade = trade});
    REQUIRE(!all_.empty());
    return all_[0];
  }
  const std::vector<Finding>& all() const { return all_; }
  std::string environment() const {
    return run_process({.arguments = {"cat", folder_.path() + "/environment"}}).out;
  }

 private:
  Side side(const std::string& name, const std::string& fields) {
    const std::string path = folder_.path() + "/" + name;
    write_script(path, "echo \"$QBENCH_ISA $*\" >" + folder_.path() + "/environment\n" +
                           fake_qbench("1", ",\"instructions\":" + fields));
    return {name, name, path};
  }
  TemporaryFolder folder_;
  std::vector<Finding> all_;
};

TEST_CASE("a count of 0 from a side is none") {
  Counts counts;
  CHECK_THROWS_WITH(counts.compare("0", "100"), ContainsSubstring("cannot count instructions: "));
}

TEST_CASE("more instructions than the threshold allows are a breach, fewer are FAST") {
  Counts counts;
  const Finding more = counts.compare("1000", "1011");
  CHECK((more.gate == "instructions" && more.judgement == Judgement::breach));
  CHECK((more.before == "1000" && more.after == "1011"));
  CHECK(more.reason == "+1.10 %, threshold 1 %");
  CHECK(more.command ==
        "qbench ab old new --instructions --threshold 0.01 --case gemv/mode:nf4/n:8 --threads 1");
  CHECK(exit_code({&more, 1}) == 3);
  CHECK(counts.compare("1000", "1010").judgement == Judgement::same);
  CHECK(counts.compare("1000", "985").judgement == Judgement::fast);
  CHECK(counts.compare("1000", "1000", 0).judgement == Judgement::same);
  CHECK(counts.compare("1000", "1001", 0).judgement == Judgement::breach);
}

TEST_CASE("counts are of one thread, with loops held to AVX2") {
  Counts counts;
  counts.compare("1", "1");
  CHECK(counts.environment().starts_with("avx2 --suite gemv"));
  CHECK(counts.environment().find("--threads 1 --count-instructions --min-time 0") !=
        std::string::npos);
}

TEST_CASE("more instructions are allowed for what the policy takes for them") {
  Counts counts;
  const std::string smaller = "1100,\"bits_per_param\":4", larger = "1000,\"bits_per_param\":4.5";
  CHECK(counts.compare(larger, smaller, 0.01, {.bits_per_param = 0.5}).judgement ==
        Judgement::traded);
  CHECK(counts.compare(larger, smaller, 0.01, {.bits_per_param = 0.6}).judgement ==
        Judgement::breach);
  CHECK(counts.compare(larger, smaller, 0.01, {.bits_per_param = 0.5, .slowest = 0.05}).judgement ==
        Judgement::breach);
}

TEST_CASE("a case of one side alone has no count to compare") {
  const TemporaryFolder folder;
  write_script(folder.path() + "/old", fake_qbench("1", ",\"instructions\":1"));
  std::string other = fake_qbench("1", ",\"instructions\":1");
  other.replace(other.find("n:8"), 3, "n:9");
  write_script(folder.path() + "/new", other);
  const auto findings = judge_instructions({"old", "old", folder.path() + "/old"},
                                           {"new", "new", folder.path() + "/new"},
                                           options_of({"ab", "a", "b", "--suite", "gemv"}), {});
  REQUIRE(findings.size() == 2);
  CHECK(exit_code(findings) == 5);
  CHECK((findings[0].subject.ends_with("n:8") && findings[0].judgement == Judgement::incomparable));
  CHECK((findings[1].subject.ends_with("n:9") && findings[1].judgement == Judgement::skipped));
}

TEST_CASE("counts of no case do not pass, and errors that grew are a breach") {
  Counts counts;
  const Finding none = counts.compare("1000,\"status\":\"skipped\"", "1000,\"status\":\"skipped\"");
  CHECK(none.judgement == Judgement::skipped);
  CHECK(counts.all().back().judgement == Judgement::unjudged);
  CHECK(exit_code(counts.all()) == 1);
  counts.compare("1000,\"weight_nmse\":1", "1000,\"weight_nmse\":2");
  CHECK(counts.all().back().gate == "errors");
  CHECK(exit_code(counts.all()) == 2);
}

}  // namespace
}  // namespace qbench
