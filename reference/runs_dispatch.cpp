// SPDX-License-Identifier: Apache-2.0
// Chooses among the Runs that were compiled.
#include <array>
#include <atomic>
#include <cstdlib>
#include <span>
#include <stdexcept>
#include <string>

#include "reference/runs.h"

namespace qbench::reference {

#if defined(__x86_64__)
namespace sse2 {
extern const Runs kRuns;
}
namespace avx2 {
extern const Runs kRuns;
}
namespace avx512 {
extern const Runs kRuns;
}
#else
namespace portable {
extern const Runs kRuns;
}
#endif

namespace {

std::vector<const Runs*> present() {
#if defined(__x86_64__)
  std::vector<const Runs*> all = {&sse2::kRuns};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) all.push_back(&avx2::kRuns);
  if (all.size() == 2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    all.push_back(&avx512::kRuns);
  return all;
#else
  return {&portable::kRuns};
#endif
}

const Runs* chosen_at_start() {
  const char* wanted = std::getenv("QBENCH_ISA");
  if (wanted == nullptr) return all_runs().back();
  std::string names;
  for (const Runs* candidate : all_runs()) {
    if (candidate->name == wanted) return candidate;
    names += ' ' + std::string(candidate->name);
  }
  throw std::runtime_error("QBENCH_ISA is '" + std::string(wanted) + "': this machine has" + names);
}

std::atomic<const Runs*>& current() {
  static std::atomic<const Runs*> runs = chosen_at_start();
  return runs;
}

}  // namespace

std::span<const Runs* const> all_runs() {
  static const std::vector<const Runs*> all = present();
  return all;
}

const Runs& runs() { return *current().load(std::memory_order_relaxed); }
void use_runs(const Runs& chosen) { current() = &chosen; }

}  // namespace qbench::reference
