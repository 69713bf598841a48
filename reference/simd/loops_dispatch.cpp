// SPDX-License-Identifier: Apache-2.0
// Chooses among the SimdLoops that were compiled.
#include <array>
#include <atomic>
#include <cstdlib>
#include <span>
#include <stdexcept>
#include <string>

#include "reference/simd/loops.h"

namespace qbench::reference {

#if defined(__x86_64__)
namespace sse2 {
extern const SimdLoops kLoops;
}
namespace avx2 {
extern const SimdLoops kLoops;
}
namespace avx512 {
extern const SimdLoops kLoops;
}
#else
namespace portable {
extern const SimdLoops kLoops;
}
#endif

namespace {

std::vector<const SimdLoops*> present() {
#if defined(__x86_64__)
  std::vector<const SimdLoops*> all = {&sse2::kLoops};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) all.push_back(&avx2::kLoops);
  if (all.size() == 2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    all.push_back(&avx512::kLoops);
  return all;
#else
  return {&portable::kLoops};
#endif
}

const SimdLoops* chosen_at_start() {
  const char* wanted = std::getenv("QBENCH_ISA");
  if (wanted == nullptr) return all_loops().back();
  std::string names;
  for (const SimdLoops* candidate : all_loops()) {
    if (candidate->name == wanted) return candidate;
    names += ' ' + std::string(candidate->name);
  }
  throw std::runtime_error("QBENCH_ISA is '" + std::string(wanted) + "': this machine has" + names);
}

std::atomic<const SimdLoops*>& current() {
  static std::atomic<const SimdLoops*> loops = chosen_at_start();
  return loops;
}

}  // namespace

std::span<const SimdLoops* const> all_loops() {
  static const std::vector<const SimdLoops*> all = present();
  return all;
}

const SimdLoops& loops() { return *current().load(std::memory_order_relaxed); }
void use_loops(const SimdLoops& chosen) { current() = &chosen; }

}  // namespace qbench::reference
