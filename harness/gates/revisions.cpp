// SPDX-License-Identifier: Apache-2.0
// Worktrees, by git, and the builds in them.
#include "harness/gates/revisions.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "harness/gates/process.h"
#include "reports/report.h"

namespace qbench {
namespace {

namespace fs = std::filesystem;

// What git prints, or throws its last line.
std::string git(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "git");
  const Ended ended = run_process({.arguments = arguments});
  if (ended.code != 0) throw std::runtime_error(last_line(ended.err));
  return last_line(ended.out);
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
  const bool named =
      sweep.devices.empty() || std::ranges::any_of(sweep.devices, [](const std::string& device) {
        return device == "auto" || device.starts_with("cuda");
      });
  return named && cuda_status().unusable().empty();
}

bool is_executable(const std::string& path) {
  return fs::is_regular_file(path) && ::access(path.c_str(), X_OK) == 0;
}

void add_worktree(const std::string& tree, const std::string& revision) {
  if (fs::exists(tree + "/.git")) return;
  fs::remove_all(tree);
  git({"worktree", "prune"});  // of trees that were removed by hand
  git({"worktree", "add", "--detach", "--force", tree, revision});
}

// By the revision's own set-up, which builds into the folder `build` of its tree.
void build(const std::string& tree, const std::string& label, bool cuda) {
  fmt::print(stderr, "qbench: building {} in {}\n", label, tree);
  const Ended ended = run_process({.arguments = {"scripts/qbench", "--version"},
                                   .environment = {{"QBENCH_CUDA", cuda ? "AUTO" : "OFF"},
                                                   {"QBENCH_BUILD", tree + "/build"},
                                                   {"QBENCH_PRESET", "release"}},
                                   .folder = tree,
                                   .show_stderr = true});
  if (ended.code != 0)
    throw std::runtime_error(
        fmt::format("{} does not build: see above, and {}/build/setup.log", label, tree));
}

// `done` is written last: a build that was cut short is taken up again.
Side build_revision(const std::string& text, bool cuda) {
  const std::string revision = revision_of(text);
  const std::string label = fmt::format("{} ({})", text, revision.substr(0, 9));
  const std::string tree =
      fmt::format("{}/revisions/{}{}", cache_folder(), revision, cuda ? "-cuda" : "");
  const std::string done = tree + "/build/done";
  if (!fs::exists(done)) {
    add_worktree(tree, revision);
    build(tree, label, cuda);
    write_file(done, revision + "\n");
  }
  return {text, label, tree + "/build/harness/qbench", revision};
}

}  // namespace

std::string cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  const fs::path base = cache && *cache ? fs::path(cache)
                        : home          ? fs::path(home) / ".cache"
                                        : fs::temp_directory_path();
  const std::string folder = (base / "qbench").string();
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    throw std::runtime_error(fmt::format("cannot make {}: {}; XDG_CACHE_HOME names another place",
                                         folder, error.message()));
  return folder;
}

Side resolve_side(const std::string& text, const Sweep& sweep) {
  if (text.empty()) {
    const std::string self = fs::canonical("/proc/self/exe").string();
    return {self, "this qbench", self, ""};
  }
  if (is_executable(text)) return {text, text, fs::absolute(text).lexically_normal().string(), ""};
  return build_revision(text, can_use_cuda(sweep));
}

}  // namespace qbench
