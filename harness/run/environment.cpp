// SPDX-License-Identifier: Apache-2.0
// The conditions under which figures are measured, from the system, the compiler and the driver.
#include "harness/run/environment.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string_view>

#include "harness/process/this_build.h"
#include "kernels/device/cuda_device.h"
#include "kernels/device/nvml.h"
#include "reference/simd/loops.h"

namespace qbench {
namespace {

const std::string kUnknown = "unknown";

// The first line of a file.
std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  return std::getline(file, line) && !line.empty() ? line : kUnknown;
}

// The value of the first line that begins with `key`, stripped of blanks and quotes.
std::string value_of(const std::string& path, std::string_view key, char separator) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::size_t at = line.find(separator);
    if (!line.starts_with(key) || at == line.npos) continue;
    const std::size_t begin = line.find_first_not_of(" \t\"", at + 1);
    const std::size_t end = line.find_last_not_of(" \t\"");
    return begin == line.npos ? kUnknown : line.substr(begin, end + 1 - begin);
  }
  return kUnknown;
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::string host_name() {
  char name[256] = "";
  return gethostname(name, sizeof name - 1) == 0 && name[0] ? name : kUnknown;
}

// The cores of the machine, and those that this process may use.
std::string cores() {
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return fmt::format("{}", online);
  const int usable = CPU_COUNT(&set);
  return usable == online ? fmt::format("{}", online) : fmt::format("{} of {}", usable, online);
}

std::string memory() {
  const double total =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  return fmt::format("{:.1f} GiB, {:.1f} GiB available", total / 0x1p30,
                     available_memory() / 0x1p30);
}

std::string load_average() {
  double loads[3];
  if (getloadavg(loads, 3) != 3) return kUnknown;
  return fmt::format("{:.2f} {:.2f} {:.2f}", loads[0], loads[1], loads[2]);
}

std::string kernel_version() {
  utsname names{};
  return uname(&names) == 0 ? fmt::format("{} {} {}", names.sysname, names.release, names.machine)
                            : kUnknown;
}

std::string compiler() {
#ifdef __clang__
  return __VERSION__;
#else
  return "GCC " __VERSION__;
#endif
}

void add_cuda(Environment& environment) {
  const CudaStatus cuda = cuda_status();
  std::string text = cuda.built ? fmt::format("runtime {}", cuda.runtime) : "";
  if (!cuda.driver.empty()) text += fmt::format(", driver {}", cuda.driver);
  if (!cuda.absent.empty()) text += (text.empty() ? "" : ": ") + cuda.absent;
  environment.emplace_back("cuda", text);
  std::string gpus;
  for (const CudaDevice& gpu : cuda.devices)
    gpus += fmt::format("{}{} (compute capability {}.{}, {:.1f} GiB)", gpus.empty() ? "" : "; ",
                        gpu.name, gpu.major, gpu.minor, gpu.memory_bytes / 0x1p30);
  if (!gpus.empty()) environment.emplace_back("gpu", gpus);
}

// Describes NVML. Without it, clock_hz comes from measured cycles alone, and power and throttling
// are unknown.
std::string nvml_status() {
  if (!nvml().absent().empty()) return "absent: " + nvml().absent();
  return fmt::format("driver {}", nvml().driver());
}

}  // namespace

Environment environment(int threads, std::uint64_t seed) {
  const std::string cpu0 = "/sys/devices/system/cpu/cpu0/cpufreq/";
  Environment environment{
      {"date", utc_now()},
      {"host", host_name()},
      {"cpu", value_of("/proc/cpuinfo", "model name", ':')},
      {"cores", cores()},
      {"threads", fmt::format("{}", threads)},
      {"instruction_set", std::string(reference::instruction_set())},
      {"governor", first_line(cpu0 + "scaling_governor")},
      {"load", load_average()},
      {"memory", memory()},
      {"os", value_of("/etc/os-release", "PRETTY_NAME", '=')},
      {"kernel", kernel_version()},
      {"compiler", compiler()},
      {"build_type", std::string(kThisBuild.type)},
      {"flags", std::string(kThisBuild.flags)},
      {"version", std::string(kThisBuild.version)},
      {"revision", std::string(kThisBuild.revision)},
  };
  add_cuda(environment);
  environment.emplace_back("nvml", nvml_status());
  environment.emplace_back("seed", fmt::format("{}", seed));
  return environment;
}

}  // namespace qbench
