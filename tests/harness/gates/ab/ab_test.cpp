// SPDX-License-Identifier: Apache-2.0
// The whole of ab, on programs that pass for a qbench and always take the same time.
#include "harness/gates/ab/ab.h"

#include "harness/gates/ab/calibration.h"
#include "reports/journal/journal.h"
#include "tests/harness/gates/sides.h"

namespace qbench {
namespace {

using namespace test;

class Sides {
 public:
  Sides() : cache_("XDG_CACHE_HOME", folder_.path() + "/cache") {}
  std::string add(const std::string& name, const std::string& body) {
    write_script(file(name), body);
    return file(name);
  }
  std::string file(const std::string& name) const { return folder_.path() + "/" + name; }
  std::vector<Finding> judge(const std::string& old_text, const std::string& new_text,
                             std::vector<std::string> more = {}) {
    return judge_speed(options(old_text, new_text, std::move(more)), {});
  }
  Options options(const std::string& old_text, const std::string& new_text,
                  std::vector<std::string> more = {}) {
    std::vector<std::string> line = {"ab", old_text, new_text, "--suite", "gemv"};
    line.insert(line.end(), more.begin(), more.end());
    return options_of(line);
  }

 private:
  TemporaryFolder folder_;
  Variable cache_;
};

TEST_CASE("ab tells a slower, a faster and an equal side apart, with its exit code") {
  Sides sides;
  const std::string ten = sides.add("ten", fake_qbench("10")),
                    eleven = sides.add("eleven", fake_qbench("11"));
  const auto slow = sides.judge(ten, eleven);
  REQUIRE(slow.size() == 1);
  CHECK(slow[0].judgement == Judgement::slow);
  CHECK(slow[0].command ==
        "qbench ab " + ten + " " + eleven + " --case gemv/mode:nf4/n:8 --threads 1");
  CHECK(sides.judge(eleven, ten)[0].judgement == Judgement::fast);
  CHECK(sides.judge(ten, ten)[0].judgement == Judgement::same);
  const std::string quiet = "--report=jsonl=" + sides.file("findings");
  CHECK(run_ab(sides.options(ten, eleven, {quiet})) == 3);
  CHECK(run_ab(sides.options(eleven, ten, {quiet})) == 0);
  CHECK(run_ab(sides.options(ten, ten, {quiet})) == 0);
}

TEST_CASE("both sides run the same sweep, each case 7 times, on one thread if not told otherwise") {
  Sides sides;
  const std::string side =
      sides.add("side", "echo \"$*\" >>" + sides.file("lines") + "\n" + fake_qbench("1"));
  sides.judge(side, side, {"--modes", "nf4,fp4", "--seed", "5"});
  const std::string lines = run_process({.arguments = {"sort", "-u", sides.file("lines")}}).out;
  CHECK(lines.starts_with("--suite gemv --modes nf4,fp4 --seed 5 --threads 1 --min-time 0 "));
  CHECK(last_line(lines) + "\n" == lines);
}

TEST_CASE("which side of a pair runs first is drawn, by the seed") {
  Sides sides;
  const auto order = [&](const std::string& seed) {
    const std::string log = sides.file("order" + seed);
    std::filesystem::remove(log);
    const std::string a = sides.add("a", "printf a >>" + log + "\n" + fake_qbench("1"));
    const std::string b = sides.add("b", "printf b >>" + log + "\n" + fake_qbench("1"));
    sides.judge(a, b, {"--seed", seed});
    return run_process({.arguments = {"cat", log}}).out;
  };
  const std::string one = order("1");
  REQUIRE(one.size() == 20);
  for (std::size_t pair = 0; pair < one.size(); pair += 2) CHECK(one[pair] != one[pair + 1]);
  CHECK(one.find("ab") != one.npos);
  CHECK(one.find("ba") != one.npos);
  CHECK(order("1") == one);
  CHECK(order("2") != one);
  // The upper half of the seed counts too.
  CHECK(order("4294967297") != one);
}

TEST_CASE("the journal of ab holds every run with its side and pair") {
  Sides sides;
  const std::string side = sides.add("side", fake_qbench("1"));
  sides.judge(side, side, {"--journal", sides.file("pairs.jsonl")});
  const std::vector<JournalRun> runs = read_journal(sides.file("pairs.jsonl"));
  REQUIRE(runs.size() == 20);
  CHECK(runs[19].environment.back() == std::pair<std::string, std::string>("pair", "9"));
  CHECK(runs[7].results.at(0).seconds_min == 1e-6);
}

TEST_CASE("a side that fails says why and how to see it") {
  Sides sides;
  const std::string good = sides.add("good", fake_qbench("1"));
  const std::string bad = sides.add("bad", "echo 'qbench: no such mode' >&2; exit 1\n");
  CHECK_THROWS_WITH(sides.judge(good, bad),
                    bad + " ended with 1: qbench: no such mode; to see it: " + bad +
                        " --suite gemv --modes all --threads 1 --min-time 0");
}

TEST_CASE("a side that ends half-way is no side with fewer cases") {
  Sides sides;
  const std::string good = sides.add("good", fake_qbench("1"));
  const std::string killed = sides.add("killed", fake_qbench("1") + "kill -9 $$\n");
  CHECK_THROWS_WITH(sides.judge(good, killed), ContainsSubstring("ended with 137"));
  const std::string failed =
      sides.add("failed", fake_qbench("1") + "echo 'disk full' >&2; exit 1\n");
  CHECK_THROWS_WITH(sides.judge(good, failed), ContainsSubstring("ended with 1: disk full"));
  const std::string wrong = sides.add("wrong", fake_qbench("1") + "exit 2\n");
  CHECK(sides.judge(good, wrong)[0].judgement == Judgement::same);  // of what the journal says
}

TEST_CASE("what runs a row again keeps what its id leaves open") {
  Sides sides;
  const std::string ten = sides.add("ten", fake_qbench("10")),
                    eleven = sides.add("eleven", fake_qbench("11"));
  const auto found = judge_speed(sides.options(ten, eleven, {"--threads", "2", "--modes", "nf4"}),
                                 {.threshold = 0.05});
  CHECK(found[0].command == "qbench ab " + ten + " " + eleven +
                                " --threshold 0.05 --case gemv/mode:nf4/n:8 --threads 2");
}

TEST_CASE("sides that were built otherwise are judged, and the difference is told") {
  Sides sides;
  const std::string gcc = sides.add("gcc", fake_qbench("1"));
  std::string other = fake_qbench("1");
  other.replace(other.find("GCC"), 3, "Clang");
  const auto found = sides.judge(gcc, sides.add("clang", other));
  REQUIRE(found.size() == 2);
  CHECK((found[1].field == "compiler" && found[1].before == "GCC" && found[1].after == "Clang"));
  CHECK(exit_code(found) == 0);
}

TEST_CASE("a threshold finer than the machine can tell is refused, a coarser one is used") {
  Sides sides;
  const std::string ten = sides.add("ten", fake_qbench("10")),
                    eleven = sides.add("eleven", fake_qbench("11"));
  const auto judge = [&](double threshold) {
    return judge_speed(sides.options(ten, eleven), {.threshold = threshold});
  };
  CHECK_THROWS_WITH(judge(0.02), ContainsSubstring("finer than the 3 %"));
  CHECK(judge(0.12)[0].judgement == Judgement::same);
  CHECK(judge(0.05)[0].judgement == Judgement::slow);
}

TEST_CASE("what a calibration found is the least threshold from then on") {
  Sides sides;
  const RowKey row{"gemv/mode:nf4/n:8", "gemv/mode:nf4/n:8/threads:0"};
  CHECK(Calibration().least(row) == 0.03);
  // In every second median one process of a pair takes 11 instead of 10.
  const std::string count = sides.file("count");
  const std::string noisy = sides.add(
      "noisy", "i=0; [ ! -e " + count + " ] || read -r i <" + count + "; echo $((i + 1)) >" +
                   count + "\n" + fake_qbench("'\"$((i / 120 % 2 * (i % 2) + 10))\"'"));
  CHECK(run_ab(options_of({"ab", noisy, "--calibrate", "--suite", "gemv"})) == 0);
  const Calibration after;
  CHECK(after.knows(row));
  CHECK(after.least(row) > 0.1);
  CHECK(run_process({.arguments = {"cat", count}}).out == "1200\n");
}

TEST_CASE("a calibration keeps three standard deviations, or 3 %") {
  const TemporaryFolder folder;
  Calibration calibration(folder.path() + "/c.txt");
  const RowKey noisy{"noisy", "noisy/threads:1"}, quiet{"quiet", "quiet/threads:1"};
  calibration.set(noisy, 0.02, 10);
  calibration.set(quiet, 0.001, 10);
  calibration.save();
  const Calibration again(folder.path() + "/c.txt");
  CHECK(again.least(noisy) == Approx(std::expm1(0.06)));
  CHECK(again.least(quiet) == 0.03);
  CHECK(again.threshold(noisy, 0.1) == 0.1);
  CHECK_THROWS_WITH(again.threshold(noisy, 0.05), ContainsSubstring("for noisy: give that"));
}

}  // namespace
}  // namespace qbench
