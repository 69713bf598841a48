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

}  // namespace

std::optional<std::int64_t> count_instructions(Trial& trial) {
  const int counter = open_counter();
  if (counter >= 0) ::ioctl(counter, PERF_EVENT_IOC_ENABLE, 0);
  qbench_counted_run(trial);
  if (counter < 0) return std::nullopt;
  ::ioctl(counter, PERF_EVENT_IOC_DISABLE, 0);
  std::int64_t count = 0;
  const bool counted = ::read(counter, &count, sizeof count) == sizeof count && count > 0;
  ::close(counter);
  return counted ? std::optional(count) : std::nullopt;
}

std::string why_no_instructions() {
  const int counter = open_counter();
  if (counter < 0) return std::generic_category().message(errno);
  ::close(counter);
  return "";
}

}  // namespace qbench
