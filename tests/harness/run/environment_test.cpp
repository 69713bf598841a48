// SPDX-License-Identifier: Apache-2.0
// The conditions of a run, and available memory on made-up machines.
#include "harness/run/environment.h"

#include <re2/re2.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <vector>

#include "harness/process/process.h"
#include "reference/buffer.h"
#include "tests/catch.h"

namespace qbench {
namespace {

namespace fs = std::filesystem;

class Machine {
 public:
  Machine() : root_(fs::temp_directory_path() / ("qbench_machine_" + std::to_string(getpid()))) {
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  ~Machine() { fs::remove_all(root_); }
  Machine& file(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
    return *this;
  }
  double available() const { return available_memory(root_.string()); }

 private:
  fs::path root_;
};

TEST_CASE("the environment tells what figures depend on") {
  const Environment all = environment(3, 42);
  const auto value = [&](const std::string& key) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& e) { return e.first == key; });
    return found == all.end() ? std::string("absent") : found->second;
  };
  CHECK(RE2::FullMatch(value("date"), R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"));
  CHECK(value("threads") == "3");
  CHECK(value("seed") == "42");
  for (const char* key :
       {"host", "cpu", "cores", "instruction_set", "governor", "load", "memory", "os", "kernel",
        "compiler", "build_type", "flags", "version", "revision", "cuda", "nvml"}) {
    CAPTURE(key);
    CHECK(value(key) != "absent");
  }
  CHECK(RE2::PartialMatch(value("memory"), R"(^[\d.]+ GiB, [\d.]+ GiB available$)"));
  CHECK(!value("cuda").empty());
}

TEST_CASE("available memory of a machine without groups is the machine's") {
  Machine machine;
  CHECK(std::isinf(machine.available()));
  machine.file("proc/meminfo", "MemTotal: 1000 kB\nMemFree: 10 kB\nMemAvailable:     600 kB\n");
  CHECK(machine.available() == 600 * 1024);
}

TEST_CASE("a group of version 2 and those above it limit memory") {
  Machine machine;
  machine.file("proc/meminfo", "MemAvailable: 600 kB\n").file("proc/self/cgroup", "0::/a/b\n");
  machine.file("sys/fs/cgroup/a/b/memory.max", "max\n")
      .file("sys/fs/cgroup/a/b/memory.current", "100\n");
  CHECK(machine.available() == 600 * 1024);
  machine.file("sys/fs/cgroup/a/memory.max", "5000\n")
      .file("sys/fs/cgroup/a/memory.current", "2000\n");
  CHECK(machine.available() == 3000);
  machine.file("sys/fs/cgroup/a/memory.stat", "anon 7\ninactive_file 500\nactive_file 9\n");
  CHECK(machine.available() == 3500);
  machine.file("sys/fs/cgroup/a/b/memory.max", "90\n");
  CHECK(machine.available() == 0);
}

TEST_CASE("a group of version 1 limits memory, in a container too") {
  Machine machine;
  machine.file("proc/meminfo", "MemAvailable: 600 kB\n");
  machine.file("proc/self/cgroup", "9:name=systemd:/\n4:cpu,memory:/docker/1234\n0::/\n");
  machine.file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  machine.file("sys/fs/cgroup/memory/memory.usage_in_bytes", "1000\n");
  CHECK(machine.available() == 600 * 1024);
  machine.file("sys/fs/cgroup/memory/memory.limit_in_bytes", "4000\n");
  machine.file("sys/fs/cgroup/memory/memory.stat", "total_inactive_file 250\n");
  CHECK(machine.available() == 3250);
}

TEST_CASE("this machine has memory") {
  CHECK(available_memory() > 1e6);
  CHECK(available_memory() < 1e15);
}

TEST_CASE("a group never leaves less than nothing, nor more than its limit") {
  Machine machine;
  machine.file("proc/meminfo", "MemAvailable: 600 kB\n").file("proc/self/cgroup", "0::/a\n");
  machine.file("sys/fs/cgroup/a/memory.max", "5000\n");
  machine.file("sys/fs/cgroup/a/memory.current", "9000\n");
  CHECK(machine.available() == 0);
  machine.file("sys/fs/cgroup/a/memory.stat", "inactive_file 1000\n");
  CHECK(machine.available() == 0);
  machine.file("sys/fs/cgroup/a/memory.stat", "inactive_file 8999\n");
  CHECK(machine.available() == 4999);
  machine.file("sys/fs/cgroup/a/memory.stat", "inactive_file 99999\n");
  CHECK(machine.available() == 5000);
  machine.file("proc/meminfo", "MemAvailable: 2 kB\n");
  CHECK(machine.available() == 2048);
}

double anonymous_bytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  double kilobytes = 0;
  while (status >> word && word != "RssAnon:") {
  }
  REQUIRE(status >> kilobytes);
  return kilobytes * 1024;
}

// In a process of its own: other tests leave a heap with holes.
TEST_CASE("a heap that nobody else has used gives back what is free in it", "[.heap]") {
  constexpr std::size_t kMegabyte = 1 << 20;
  { Buffer<std::byte> larger(31 * kMegabyte); }  // glibc's heap takes what is smaller from now on
  {
    std::vector<std::string> kept(20);
    for (std::string& text : kept) text.assign(2 * kMegabyte, 'x');
  }
  return_freed_buffers();
  const double before = anonymous_bytes();
  {
    Buffer<std::byte> buffer(28 * kMegabyte);
    std::ranges::fill(buffer, std::byte{1});
    CHECK(anonymous_bytes() - before > 27.0 * kMegabyte);
  }
  CHECK(anonymous_bytes() - before < 1.0 * kMegabyte);
}

TEST_CASE("freed buffers go back to the system, whatever was freed before") {
#ifdef __SANITIZE_ADDRESS__
  QBENCH_SKIP("the allocator of the sanitizers keeps what is freed");
#endif
  const Ended ended = run_process({.arguments = {fs::canonical("/proc/self/exe"), "[.heap]"}});
  CAPTURE(ended.out);
  CHECK(ended.code == 0);
  CHECK(ended.out.find(" in 1 test case)") != std::string::npos);
}

}  // namespace
}  // namespace qbench
