// SPDX-License-Identifier: Apache-2.0
// Available memory, from /proc and from control groups of versions 1 and 2, and the return of what
// is freed.
#include <malloc.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>

#include "harness/run/environment.h"

namespace qbench {
namespace {

constexpr double kUnlimited = std::numeric_limits<double>::infinity();

// The number in a file; absent for "max" and for missing files.
std::optional<double> read_number(const std::string& path) {
  std::ifstream file(path);
  double value;
  if (file >> value) return value;
  return std::nullopt;
}

// The number after `key` in a file of "key value" lines.
std::optional<double> read_field(const std::string& path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string word;
    double value;
    if (words >> word && word == key && words >> value) return value;
  }
  return std::nullopt;
}

// Where a version of control groups keeps its files.
struct Version {
  std::string mount, limit, usage, cache;
};
const Version kVersion1{"/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
                        "total_inactive_file"};
const Version kVersion2{"/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"};

// The bytes left in one group: its limit less its usage without cached files.
double left_in(const std::string& folder, const Version& version) {
  const auto limit = read_number(folder + "/" + version.limit);
  const auto usage = read_number(folder + "/" + version.usage);
  if (!limit || !usage) return kUnlimited;
  const double cache = read_field(folder + "/memory.stat", version.cache).value_or(0);
  return std::max(0.0, *limit - std::max(0.0, *usage - cache));
}

// The least bytes left in the group at `path` and those above it. Inside a container, the path may
// be the host's, whose folders are missing; the group is then the mount itself.
double left_below(const std::string& root, std::string path, const Version& version) {
  double least = kUnlimited;
  while (true) {
    least = std::min(least, left_in(root + version.mount + path, version));
    const std::size_t slash = path.rfind('/');
    if (slash == path.npos) return least;
    path.resize(slash);
  }
}

// Reads lines of /proc/self/cgroup: "4:memory:/path" (version 1), "0::/path" (version 2).
double left_in_groups(const std::string& root) {
  std::ifstream file(root + "/proc/self/cgroup");
  double least = kUnlimited;
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == line.npos || second == line.npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const std::string path = line.substr(second + 1);
    if (controllers == ",,") least = std::min(least, left_below(root, path, kVersion2));
    if (controllers.find(",memory,") != controllers.npos)
      least = std::min(least, left_below(root, path, kVersion1));
  }
  return least;
}

}  // namespace

double available_memory(const std::string& root) {
  const auto available = read_field(root + "/proc/meminfo", "MemAvailable:");
  const double machine = available ? *available * 1024 : kUnlimited;
  return std::min(machine, left_in_groups(root));
}

// The size from which glibc maps memory by itself otherwise follows what is freed, up to 32 MiB;
// it keeps twice that at the end of its heap. Smaller blocks lie in a heap that grows with every
// layer: aligned ones seldom fit where others were. What is free in the heap by now would serve
// larger blocks too.
void return_freed_buffers() {
#ifdef __GLIBC__
  constexpr int kFrom = 1 << 20;
  ::mallopt(M_MMAP_THRESHOLD, kFrom);
  ::mallopt(M_TRIM_THRESHOLD, kFrom);
  ::malloc_trim(0);
#endif
}

}  // namespace qbench
