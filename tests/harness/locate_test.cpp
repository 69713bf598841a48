// SPDX-License-Identifier: Apache-2.0
// Findings are pointed at lines of the change.
#include "harness/gates/locate.h"

#include "tests/harness/sides.h"

namespace qbench {
namespace {

using namespace test;

// The findings' places after a change of files with ten lines each, seen from its folder.
class Change {
 public:
  Change() {
    shell(
        "git init -q . && mkdir -p kernels reference/modes docs && "
        "for f in kernels/gemv.cuh reference/formats/nf4.h docs/a.md z.ledger; do seq 10 >$f; done "
        "&& "
        "git add -A && git -c user.name=t -c user.email=t@t commit -q -m m");
  }
  void shell(const std::string& text) {
    const Ended ended = run_process({.arguments = {"bash", "-c", text}, .folder = folder_.path()});
    CAPTURE(text, ended.err);
    REQUIRE(ended.code == 0);
  }
  std::string place_of(Finding finding, const std::string& base = "HEAD") {
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder_.path());
    locate({&finding, 1}, base);
    std::filesystem::current_path(before);
    return finding.file + ":" + std::to_string(finding.line);
  }

 private:
  TemporaryFolder folder_;
};

Finding slow(const std::string& subject) {
  return {.gate = "speed", .judgement = Judgement::slow, .subject = subject};
}

TEST_CASE("a finding points at the changed file that names its mode, then its kernel, then any") {
  Change change;
  const std::string id = "gemv/mode:nf4-dq/kernel:gemv/n:8";
  change.shell("sed -i 3s/3/x/ docs/a.md");
  CHECK(change.place_of(slow(id)) == "docs/a.md:3");
  change.shell("sed -i 5s/5/x/ kernels/gemv.cuh");
  CHECK(change.place_of(slow(id)) == "kernels/gemv.cuh:5");
  CHECK(change.place_of(slow("gemv/geomean")) == "kernels/gemv.cuh:5");
  change.shell("sed -i -e 1d -e 7s/7/x/ reference/formats/nf4.h");
  CHECK(change.place_of(slow(id)) == "reference/formats/nf4.h:6");  // 1 is gone, 7 lies at 6 now
}

TEST_CASE("a finding keeps its own place where the change has its file") {
  Change change;
  Finding breach{.gate = "errors",
                 .judgement = Judgement::breach,
                 .subject = "x",
                 .file = "z.ledger",
                 .line = 9};
  change.shell("sed -i 3s/3/x/ docs/a.md");
  CHECK(change.place_of(breach) == "docs/a.md:3");
  change.shell("sed -i 3s/3/x/ z.ledger");
  CHECK(change.place_of(breach) == "z.ledger:9");
}

TEST_CASE("a mode is a word of a path, and diffs are read whatever git is told about them") {
  Change change;
  change.shell(
      "mkdir -p a && seq 3 >a/mxfp4.h && seq 3 >a/z_fp4.h && git add -A && "
      "git -c user.name=t -c user.email=t@t commit -q -m n && git config diff.noprefix true && "
      "sed -i 2s/2/x/ a/mxfp4.h a/z_fp4.h");
  CHECK(change.place_of(slow("gemv/mode:fp4-dq/n:8")) == "a/z_fp4.h:2");
  CHECK(change.place_of(slow("gemv/mode:mxfp4/n:8")) == "a/mxfp4.h:2");
}

TEST_CASE("findings stay as they are without a base, a change or a failure") {
  Change change;
  CHECK(change.place_of(slow("x")) == ":0");
  change.shell("sed -i 3s/3/x/ docs/a.md");
  CHECK(change.place_of(slow("x"), "") == ":0");
  CHECK(change.place_of(slow("x"), "nonsense") == ":0");
  Finding same = slow("x");
  same.judgement = Judgement::same;
  CHECK(change.place_of(same) == ":0");
}

}  // namespace
}  // namespace qbench
