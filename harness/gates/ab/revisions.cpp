// SPDX-License-Identifier: Apache-2.0
// Builds revisions in git worktrees.
#include "harness/gates/ab/revisions.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "harness/cli/options.h"
#include "harness/process/process.h"

namespace qbench {
namespace {

namespace fs = std::filesystem;

using Variables = std::vector<std::pair<std::string, std::string>>;

// Returns the last line that git prints, or throws its last error. GIT_INDEX_FILE is unset, because
// a hook that runs qbench has set it to the index of its own repository.
std::string git(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"env", "-u", "GIT_INDEX_FILE", "git"});
  const Ended ended = run_process({.arguments = arguments});
  if (ended.code != 0) throw std::runtime_error(last_line(ended.err));
  return last_line(ended.out);
}

bool git_does(std::vector<std::string> arguments) {
  try {
    git(std::move(arguments));
  } catch (const std::runtime_error&) {
    return false;
  }
  return true;
}

std::string revision_of(const std::string& text) {
  try {
    return git({"rev-parse", "--verify", "--quiet", "--end-of-options", text + "^{commit}"});
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(
        fmt::format("'{}' is neither an executable nor a git revision here{}{}: give a qbench that "
                    "was built, or "
                    "a commit, tag or branch",
                    text, *error.what() ? ": " : "", error.what()));
  }
}

bool can_use_cuda(const Sweep& sweep) {
  const bool asked =
      sweep.devices.empty() || sweep.auto_devices ||
      std::ranges::find(sweep.devices, DeviceKind::cuda, &DeviceId::kind) != sweep.devices.end();
  return asked && cuda_status().unusable().empty();
}

bool is_executable(const std::string& path) {
  return fs::is_regular_file(path) && ::access(path.c_str(), X_OK) == 0;
}

// False if its libraries are missing, as after a checkout's .deps was removed.
bool starts(const std::string& executable) {
  return is_executable(executable) &&
         run_process({.arguments = {executable, "--version"}}).code == 0;
}

// A revision's place in the cache.
struct Place {
  std::string revision;  // the full hash
  bool cuda;
  std::string label;
  std::string folder;
  std::string executable() const { return folder + "/qbench"; }  // exists after the build
  std::string tree() const { return folder + "/tree"; }          // exists during the build
  std::string built() const { return tree() + "/build/harness/qbench"; }
};

Place place_of(const std::string& text, bool cuda) {
  const std::string revision = revision_of(text);
  Place place{revision, cuda, fmt::format("{} ({})", text, revision.substr(0, 9)),
              fmt::format("{}/revisions/{}{}", cache_folder(), revision, cuda ? "-cuda" : "")};
  fs::create_directories(place.folder);
  return place;
}

// A lock that one run holds at a time; without effect on a file system without locks.
class Lock {
 public:
  explicit Lock(const Place& place)
      : file_(::open((place.folder + "/lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666)) {
    if (::flock(file_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
    fmt::print(stderr, "qbench: waiting for another run that builds {}\n", place.label);
    while (::flock(file_, LOCK_EX) != 0 && errno == EINTR) continue;
  }
  Lock(const Lock&) = delete;
  ~Lock() { ::close(file_); }

 private:
  int file_;
};

// Resets the tree, or returns false. `.git` is named, because git would otherwise search the
// folders above a tree without a valid one, and reset the user's own repository.
bool reset_tree(const Place& place) {
  const std::string tree = place.tree();
  return fs::is_regular_file(tree + "/.git") &&
         git_does({"--git-dir=" + tree + "/.git", "--work-tree=" + tree, "reset", "--hard",
                   "--quiet", place.revision});
}

// --force is given twice, here and below, because a killed git leaves its tree locked.
void remove_tree(const std::string& tree) {
  if (!fs::exists(fs::symlink_status(tree))) return;
  if (git_does({"worktree", "remove", "--force", "--force", tree})) return;
  std::error_code left;  // ignored: the next `worktree add` reports it
  fs::remove_all(tree, left);
  git_does({"worktree", "prune"});
}

// Reuses an intact tree of an earlier run, otherwise makes a new one.
void make_tree(const Place& place) {
  if (reset_tree(place)) return;
  remove_tree(place.tree());
  git({"worktree", "add", "--detach", "--force", "--force", place.tree(), place.revision});
}

// The variables that make scripts/deps use the checkout's dependencies instead of fetching them.
// The path is absolute, since the executable loads its libraries from there after the tree is
// removed. A `.deps` without libraries holds CUDA's headers, which only the build needs: it is
// linked.
Variables share_dependencies(const std::string& tree) {
  const char* prefix = std::getenv("QBENCH_PREFIX");
  if (prefix && *prefix) return {{"QBENCH_PREFIX", fs::absolute(prefix).string()}};
  const fs::path top = git({"rev-parse", "--show-cdup"});  // relative; empty in a bare repository
  const fs::path own = fs::absolute(top / ".deps").lexically_normal();
  if (fs::exists(own / "toolchain.cmake")) return {{"QBENCH_PREFIX", own.string()}};
  const fs::path link = tree + "/.deps";
  if (fs::is_symlink(link)) fs::remove(link);
  if (fs::is_directory(own) && !fs::exists(link)) fs::create_directory_symlink(own, link);
  return {};
}

// Builds with the revision's own scripts.
void build(const Place& place) {
  make_tree(place);
  Variables environment = share_dependencies(place.tree());
  environment.insert(environment.end(), {{"QBENCH_CUDA", place.cuda ? "AUTO" : "OFF"},
                                         {"QBENCH_BUILD", place.tree() + "/build"},
                                         {"QBENCH_PRESET", "release"}});
  fmt::print(stderr, "qbench: building {} in {}\n", place.label, place.tree());
  const Ended ended = run_process({.arguments = {"scripts/qbench", "--version"},
                                   .environment = environment,
                                   .folder = place.tree(),
                                   .show_stderr = true});
  if (ended.code != 0 || !starts(place.built()))
    throw std::runtime_error(fmt::format("{} does not build: see above, and {}/build/setup.log",
                                         place.label, place.tree()));
  fs::rename(place.built(), place.executable());
}

// True if set-up unpacked libraries into the tree itself, where the executable needs them.
bool is_needed(const std::string& tree) { return fs::exists(tree + "/.deps/toolchain.cmake"); }

// True if nothing is left to build or remove, so that no lock is needed.
bool is_finished(const Place& place) {
  const std::string tree = place.tree();
  return starts(place.executable()) && (!fs::exists(tree) || is_needed(tree));
}

void finish(const Place& place) {
  const Lock lock(place);
  if (!starts(place.executable())) build(place);
  if (!is_needed(place.tree())) remove_tree(place.tree());
}

Side build_revision(const std::string& text, bool cuda) {
  const Place place = place_of(text, cuda);
  if (!is_finished(place)) finish(place);
  return {text, place.label, place.executable()};
}

}  // namespace

std::string cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  const fs::path base = cache && *cache ? fs::path(cache)
                        : home          ? fs::path(home) / ".cache"
                                        : fs::temp_directory_path();
  std::string folder = fs::absolute(base / "qbench").lexically_normal().string();
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    throw std::runtime_error(fmt::format("cannot make {}: {}; XDG_CACHE_HOME names another place",
                                         folder, error.message()));
  return folder;
}

Side resolve_side(const std::string& text, const Sweep& sweep) {
  const std::string self = fs::canonical("/proc/self/exe").string();
  if (text.empty()) return {self, "this qbench", self};
  if (is_library(text))
    return {text, text, self, {"--kernel-library", fs::absolute(text).string()}};
  if (is_executable(text)) return {text, text, fs::absolute(text).lexically_normal().string()};
  return build_revision(text, can_use_cuda(sweep));
}

}  // namespace qbench
