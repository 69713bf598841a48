// SPDX-License-Identifier: Apache-2.0
// Sides from executables and from a git repository made for the test, whose scripts/qbench
// "builds".
#include "harness/gates/revisions.h"

#include "tests/harness/sides.h"

namespace qbench {
namespace {

using namespace test;

// A repository with the revisions one and two; each build adds a line to the file `builds`.
class Repository {
 public:
  Repository() {
    write_script(folder_.path() + "/tree/scripts/qbench", "exit 1\n");
    git("init -q .");
    commit("broken");
    write_script(folder_.path() + "/tree/scripts/qbench",
                 "echo \"$QBENCH_CUDA\" >>" + folder_.path() +
                     "/builds\nmkdir -p build/harness && cp scripts/qbench build/harness\n");
    commit("one");
  }
  void commit(const std::string& tag) {
    git("add -A && git -c user.name=t -c user.email=t@t commit -q -m m && git tag " + tag);
  }
  void git(const std::string& words) {
    const Ended ended =
        run_process({.arguments = {"bash", "-c", "git " + words}, .folder = tree()});
    CAPTURE(ended.err);
    REQUIRE(ended.code == 0);
  }
  std::string tree() const { return folder_.path() + "/tree"; }
  std::string cache() const { return folder_.path() + "/cache"; }
  std::string builds() const {
    return run_process({.arguments = {"cat", folder_.path() + "/builds"}}).out;
  }

 private:
  TemporaryFolder folder_;
};

class InFolder {
 public:
  explicit InFolder(const std::string& path) : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(path);
  }
  ~InFolder() { std::filesystem::current_path(before_); }

 private:
  std::filesystem::path before_;
};

const Sweep kCpu = [] {
  Sweep sweep;
  sweep.devices = {"cpu"};
  return sweep;
}();

TEST_CASE("no text is this executable, and the path of an executable is itself") {
  CHECK(resolve_side("", kCpu).executable == std::filesystem::canonical("/proc/self/exe"));
  const TemporaryFolder folder;
  write_script(folder.path() + "/q", "");
  const Side side = resolve_side(folder.path() + "/q", kCpu);
  CHECK((side.executable == folder.path() + "/q" && side.label == side.executable));
}

TEST_CASE("a revision is built once, in a worktree of its own, and then used again") {
  const Repository repository;
  const InFolder in(repository.tree());
  const Variable cache("XDG_CACHE_HOME", repository.cache());
  const Side side = resolve_side("one", kCpu);
  CHECK(std::filesystem::exists(side.executable));
  CHECK(side.executable.starts_with(repository.cache() + "/qbench/revisions/" + side.revision));
  CHECK(side.label == "one (" + side.revision.substr(0, 9) + ")");
  CHECK(resolve_side("HEAD", kCpu).executable == side.executable);
  CHECK(repository.builds() == "OFF\n");
}

TEST_CASE("a build that was cut short is taken up again, a worktree that is gone is made anew") {
  const Repository repository;
  const InFolder in(repository.tree());
  const Variable cache("XDG_CACHE_HOME", repository.cache());
  const std::string executable = resolve_side("one", kCpu).executable;
  const std::filesystem::path build = std::filesystem::path(executable).parent_path().parent_path();
  std::filesystem::remove(build / "done");
  resolve_side("one", kCpu);
  CHECK(repository.builds() == "OFF\nOFF\n");
  std::filesystem::remove_all(build.parent_path());
  CHECK(std::filesystem::exists(resolve_side("one", kCpu).executable));
  CHECK(repository.builds() == "OFF\nOFF\nOFF\n");
}

TEST_CASE("what is neither a file nor a revision, and what does not build, is told") {
  const Repository repository;
  const InFolder in(repository.tree());
  const Variable cache("XDG_CACHE_HOME", repository.cache());
  CHECK_THROWS_WITH(resolve_side("nonsense", kCpu),
                    Catch::Matchers::Contains("neither an executable nor a git revision"));
  CHECK_THROWS_WITH(resolve_side("broken", kCpu), Catch::Matchers::Contains("does not build"));
}

TEST_CASE("the cache folder follows XDG_CACHE_HOME, else HOME") {
  const TemporaryFolder folder;
  const Variable home("HOME", folder.path() + "/home");
  {
    const Variable cache("XDG_CACHE_HOME", folder.path() + "/x");
    CHECK(cache_folder() == folder.path() + "/x/qbench");
  }
  const Variable none("XDG_CACHE_HOME", "");
  CHECK(cache_folder() == folder.path() + "/home/.cache/qbench");
  CHECK(std::filesystem::is_directory(cache_folder()));
}

}  // namespace
}  // namespace qbench
