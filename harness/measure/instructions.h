// SPDX-License-Identifier: Apache-2.0
// Instructions of one run: what does not change with the load of the machine.
#pragma once

#include <cstdint>
#include <optional>

#include "kernels/kernel.h"

namespace qbench {

// Instructions that the calling thread retires in user space during one run of the trial; none
// where Linux's perf_event does not count here (no such counter in a virtual machine, or
// /proc/sys/kernel/perf_event_paranoid above 2). The run goes through the function
// qbench_counted_run, which nothing else calls: a simulator that counts finds it by that name.
std::optional<std::int64_t> count_instructions(Trial& trial);

}  // namespace qbench
