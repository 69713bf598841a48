// SPDX-License-Identifier: Apache-2.0
// Counts the instructions of one run, which do not depend on the load of the machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "kernels/kernel.h"

namespace qbench {

// Instructions that the calling thread retires in user space during one run of the trial. Absent if
// Linux's perf_event cannot count: in a virtual machine without counters, or with one that stays at
// 0, or if /proc/sys/kernel/perf_event_paranoid is above 2. The run goes through the function
// qbench_counted_run, which nothing else calls, so that a simulator finds it by name.
std::optional<std::int64_t> count_instructions(Trial& trial);

// Why perf_event cannot count on this machine; empty where it can.
std::string why_no_instructions();

// As above, with a counter of perf_event that is stopped and at 0, and is closed in the end. It is
// negative where there is none, and errno says why.
std::optional<std::int64_t> count_instructions(Trial& trial, int counter);
std::string why_no_instructions(int counter);

}  // namespace qbench
