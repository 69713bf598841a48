// SPDX-License-Identifier: Apache-2.0
// Reads a hardware counter through perf_event_open(2).
#include "harness/measure/instructions.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

// Neither inlined nor merged, so that callgrind sees where a run begins and ends.
extern "C" [[gnu::noinline, gnu::noclone]] double qbench_counted_run(qbench::Trial& trial) {
  return trial.run_once();
}

namespace qbench {
namespace {

// Opens a stopped counter for the calling thread; negative if there is none.
int open_counter() {
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_HARDWARE;
  attributes.config = PERF_COUNT_HW_INSTRUCTIONS;
  attributes.disabled = 1;
  attributes.exclude_kernel = 1;
  attributes.exclude_hv = 1;
  return static_cast<int>(::syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0UL));
}

// What the counter counts during the work; absent if it stays at 0, which no work leaves it at.
template <class Work>
std::optional<std::int64_t> counted(int counter, const Work& work) {
  ::ioctl(counter, PERF_EVENT_IOC_ENABLE, 0);
  work();
  ::ioctl(counter, PERF_EVENT_IOC_DISABLE, 0);
  std::int64_t count = 0;
  const bool read = ::read(counter, &count, sizeof count) == sizeof count;
  ::close(counter);
  return read && count > 0 ? std::optional(count) : std::nullopt;
}

}  // namespace

std::optional<std::int64_t> count_instructions(Trial& trial, int counter) {
  const auto run = [&] { qbench_counted_run(trial); };
  if (counter >= 0) return counted(counter, run);
  run();
  return std::nullopt;
}

std::optional<std::int64_t> count_instructions(Trial& trial) {
  return count_instructions(trial, open_counter());
}

std::string why_no_instructions(int counter) {
  if (counter < 0) return std::generic_category().message(errno);
  return counted(counter, [] {}) ? "" : "its counter stays at 0, as in some virtual machines";
}

std::string why_no_instructions() { return why_no_instructions(open_counter()); }

}  // namespace qbench
