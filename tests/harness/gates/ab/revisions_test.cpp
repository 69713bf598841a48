// SPDX-License-Identifier: Apache-2.0
// Sides from executables and from a git repository made for the test, whose scripts/qbench
// "builds".
#include "harness/gates/ab/revisions.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <future>

#include "tests/harness/gates/sides.h"

namespace qbench {
namespace {

namespace fs = std::filesystem;
using namespace test;

std::string make_folder(const std::string& path) {
  fs::create_directories(path);
  return path;
}

// A repository to be in, with the revisions broken, one and two. Each build adds a line to the file
// `builds`, one of its QBENCH_PREFIX and of where its .deps leads to `dependencies`, and does what
// `during` says.
class Repository {
 public:
  Repository() : in_(make_folder(tree())) {
    write_script(tree() + "/scripts/qbench", "exit 1\n");
    git("init -q .");
    commit("broken");
    write_script(tree() + "/scripts/qbench", "here=" + folder_.path() + R"sh(
echo "$QBENCH_CUDA" >>$here/builds
echo "${QBENCH_PREFIX:-none} $(readlink .deps)" >>$here/dependencies
mkdir -p build/harness && . $here/during &&
printf '#!/bin/sh\n' >build/harness/qbench && chmod +x build/harness/qbench
)sh");
    commit("one");
    write_script(tree() + "/more", "");
    commit("two");
    each_build("true");
  }
  void commit(const std::string& tag) {
    git("add -A && git -c user.name=t -c user.email=t@t commit -q -m m && git tag " + tag);
  }
  std::string git(const std::string& words) const {
    const Ended ended =
        run_process({.arguments = {"bash", "-c", "git " + words}, .folder = tree()});
    CAPTURE(ended.err);
    REQUIRE(ended.code == 0);
    return last_line(ended.out);
  }
  void each_build(const std::string& does) { std::ofstream(during()) << does << '\n'; }
  std::string tree() const { return folder_.path() + "/tree"; }
  std::string cache() const { return folder_.path() + "/cache"; }
  // Where a revision is kept in it.
  std::string place(const std::string& tag) const {
    return cache() + "/qbench/revisions/" + git("rev-parse " + tag);
  }
  std::string builds() const { return text("builds"); }
  std::string dependencies() const { return last_line(text("dependencies")); }

 private:
  class InFolder {
   public:
    explicit InFolder(const std::string& path) : before_(fs::current_path()) {
      fs::current_path(path);
    }
    ~InFolder() { fs::current_path(before_); }

   private:
    fs::path before_;
  };
  std::string during() const { return folder_.path() + "/during"; }
  std::string text(const std::string& name) const {
    return run_process({.arguments = {"cat", folder_.path() + "/" + name}}).out;
  }
  TemporaryFolder folder_;
  Variable cache_{"XDG_CACHE_HOME", cache()}, prefix_{"QBENCH_PREFIX", ""};
  InFolder in_;
};

// Captures what this process writes to stderr while it lives.
class Stderr {
 public:
  Stderr() : before_(::dup(STDERR_FILENO)) {
    const int file = ::open(path().c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    ::dup2(file, STDERR_FILENO);
    ::close(file);
  }
  ~Stderr() { ::dup2(before_, STDERR_FILENO), ::close(before_); }
  std::string text() const { return run_process({.arguments = {"cat", path()}}).out; }
  std::string path() const { return folder_.path() + "/stderr"; }

 private:
  TemporaryFolder folder_;
  int before_;
};

const Sweep kCpu = [] {
  Sweep sweep;
  sweep.devices = {{DeviceKind::cpu}};
  return sweep;
}();

TEST_CASE("no text is this executable, and the path of an executable is itself") {
  CHECK(resolve_side("", kCpu).executable == fs::canonical("/proc/self/exe"));
  const TemporaryFolder folder;
  write_script(folder.path() + "/q", "");
  const Side side = resolve_side(folder.path() + "/q", kCpu);
  CHECK((side.executable == folder.path() + "/q" && side.label == side.executable));
}

TEST_CASE("a revision is built once, in a worktree that is gone then, and then used again") {
  const Repository repository;
  const Side side = resolve_side("one", kCpu);
  CHECK(side.executable == repository.place("one") + "/qbench");
  CHECK(side.label == "one (" + repository.git("rev-parse one").substr(0, 9) + ")");
  CHECK(run_process({.arguments = {side.executable}}).code == 0);
  CHECK(!fs::exists(repository.place("one") + "/tree"));
  CHECK(repository.git("worktree list | wc -l") == "1");
  CHECK(resolve_side("HEAD^", kCpu).executable == side.executable);
  CHECK(repository.builds() == "OFF\n");
}

TEST_CASE("an executable that is gone or does not start is built anew") {
  const Repository repository;
  const std::string executable = resolve_side("one", kCpu).executable;
  fs::remove(executable);
  resolve_side("one", kCpu);
  CHECK(repository.builds() == "OFF\nOFF\n");
  write_script(executable, "exit 127  # as without its libraries\n");
  resolve_side("one", kCpu);
  CHECK(repository.builds() == "OFF\nOFF\nOFF\n");
  CHECK(run_process({.arguments = {executable}}).code == 0);
}

TEST_CASE("of two runs that want one revision, one builds and the other waits and says so") {
  Repository repository;
  const Stderr errors;
  repository.each_build("timeout 60 sh -c 'until grep -q waiting " + errors.path() +
                        "; do sleep 0.01; done'");
  const auto resolve = [] { return resolve_side("one", kCpu).executable; };
  auto first = std::async(std::launch::async, resolve);
  auto second = std::async(std::launch::async, resolve);
  CHECK(first.get() == second.get());
  CHECK(repository.builds() == "OFF\n");
  CHECK_THAT(errors.text(), ContainsSubstring("waiting for another run that builds one"));
}

TEST_CASE("a run that was cut short after its build leaves a tree that the next one removes") {
  const Repository repository;
  const std::string tree = repository.place("one") + "/tree";
  resolve_side("one", kCpu);
  repository.git("worktree add -q --detach " + tree + " one");
  resolve_side("one", kCpu);
  CHECK(!fs::exists(tree));
  CHECK(repository.builds() == "OFF\n");
}

TEST_CASE("what is finished is used without waiting") {
  const Repository repository;
  resolve_side("one", kCpu);
  const int lock = ::open((repository.place("one") + "/lock").c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(::flock(lock, LOCK_EX | LOCK_NB) == 0);
  auto again = std::async(std::launch::async, [] { resolve_side("one", kCpu); });
  CHECK(again.wait_for(std::chrono::seconds(10)) == std::future_status::ready);
  ::close(lock);
}

TEST_CASE("a build that was cut short is taken up again") {
  Repository repository;
  repository.each_build("touch build/part; rm -r scripts; exit 1");
  CHECK_THROWS_WITH(resolve_side("one", kCpu), ContainsSubstring("does not build"));
  repository.each_build("[ -e build/part ]");
  CHECK(fs::exists(resolve_side("one", kCpu).executable));
}

// --lock as git itself does until it is done.
TEST_CASE("what a killed git worktree add left is made whole or anew") {
  const Repository repository;
  const std::string tree = repository.place("one") + "/tree";
  repository.git("worktree add -q --no-checkout --lock --detach " + tree + " one");
  const std::string administration = repository.tree() + "/.git/worktrees";
  SECTION("without files") {}
  SECTION("without what git knows of it") { fs::remove_all(administration); }
  SECTION("while it wrote the index") { std::ofstream(administration + "/tree/index.lock"); }
  SECTION("and was removed by hand") { fs::remove_all(tree); }
  CHECK(fs::exists(resolve_side("one", kCpu).executable));
  CHECK(!fs::exists(tree));
  CHECK(repository.git("worktree list | wc -l") == "1");
}

TEST_CASE("a checkout around the cache, or of a hook that runs qbench, is left as it is") {
  const Repository repository;
  const Variable cache("XDG_CACHE_HOME", ".cache");  // as .gitlab-ci.yml has it
  const std::string place = repository.tree() + "/.cache/qbench/revisions/",
                    one = repository.git("rev-parse one");
  const Variable index("GIT_INDEX_FILE", repository.tree() + "/.git/index");
  const Variable git("GIT_DIR", repository.tree() + "/.git");
  SECTION("by a tree without .git") { fs::create_directories(place + one + "/tree/scripts"); }
  SECTION("by a tree with one") {
    repository.git("worktree add -q --no-checkout --detach " + place + one + "/tree one");
    repository.git("read-tree HEAD");  // such a git wrote this index
  }
  CHECK(resolve_side("one", kCpu).executable == place + one + "/qbench");
  CHECK(repository.git("rev-parse HEAD") == repository.git("rev-parse two"));
  CHECK(repository.git("status --porcelain --untracked-files=no") == "");
}

TEST_CASE("a revision is built with the prefix that is set, from wherever it is told") {
  const Repository repository;
  const Variable prefix("QBENCH_PREFIX", "prefix");
  resolve_side("one", kCpu);
  CHECK(repository.dependencies() == repository.tree() + "/prefix");
}

TEST_CASE("without a prefix a revision shares what the checkout has unpacked") {
  Repository repository;
  const std::string own = repository.tree() + "/.deps";
  fs::create_directories(own + "/include");
  fs::current_path(repository.tree() + "/scripts");
  SECTION("libraries, as its prefix") {
    std::ofstream(own + "/toolchain.cmake");
    resolve_side("one", kCpu);
    CHECK(repository.dependencies() == own);
  }
  SECTION("headers alone, through a link, also where an older one leads nowhere") {
    repository.each_build("ln -sfn /nowhere .deps; exit 1");
    CHECK_THROWS(resolve_side("one", kCpu));
    repository.each_build("true");
    resolve_side("one", kCpu);
    CHECK(repository.dependencies() == "none " + own);
  }
  CHECK(!fs::exists(repository.place("one") + "/tree"));
  CHECK(fs::exists(own + "/include"));
}

TEST_CASE("libraries that a revision had to unpack itself stay, with its worktree") {
  Repository repository;
  repository.each_build("mkdir .deps && touch .deps/toolchain.cmake");
  resolve_side("one", kCpu);
  CHECK(repository.dependencies() == "none");
  CHECK(fs::exists(repository.place("one") + "/tree/.deps/toolchain.cmake"));
}

TEST_CASE("what is neither a file nor a revision, and what does not build, is told") {
  Repository repository;
  CHECK_THROWS_WITH(resolve_side("nonsense", kCpu),
                    ContainsSubstring("neither an executable nor a git revision"));
  CHECK_THROWS_WITH(resolve_side("broken", kCpu), ContainsSubstring("does not build"));
  repository.each_build("exit 0");  // and there is no executable
  CHECK_THROWS_WITH(resolve_side("one", kCpu), ContainsSubstring("does not build"));
}

TEST_CASE("the cache folder follows XDG_CACHE_HOME, else HOME, and is absolute") {
  const TemporaryFolder folder;
  const Variable home("HOME", folder.path() + "/home");
  for (const std::string& cache :
       {folder.path() + "/x", fs::relative(folder.path() + "/x").string()}) {
    const Variable variable("XDG_CACHE_HOME", cache);
    CHECK(cache_folder() == folder.path() + "/x/qbench");
  }
  const Variable none("XDG_CACHE_HOME", "");
  CHECK(cache_folder() == folder.path() + "/home/.cache/qbench");
  CHECK(fs::is_directory(cache_folder()));
}

TEST_CASE("a build that fails is none, though it leaves an executable, and is made anew") {
  Repository repository;
  repository.each_build(
      "printf '#!/bin/sh\\n' >build/harness/qbench; chmod +x build/harness/qbench; exit 1");
  for (int again = 0; again < 2; ++again)
    CHECK_THROWS_WITH(resolve_side("one", kCpu), ContainsSubstring("does not build"));
  CHECK_FALSE(fs::exists(repository.place("one") + "/qbench"));
  CHECK(repository.builds() == "OFF\nOFF\n");
  repository.each_build("true");
  const Side side = resolve_side("one", kCpu);
  CHECK(side.executable == repository.place("one") + "/qbench");
  CHECK(fs::exists(side.executable));
}

}  // namespace
}  // namespace qbench
