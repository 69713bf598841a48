// SPDX-License-Identifier: Apache-2.0
// Runs groups of cases, one after the other.
#include "harness/sweep/executor.h"

#include <algorithm>

#include "harness/process/interrupt.h"
#include "harness/run/environment.h"
#include "harness/run/isolate.h"
#include "reference/buffer.h"

namespace qbench {

RunOptions Executor::run_options() const {
  // Memory that the last case left allocated counts too: it will be freed or shared.
  const double memory = available_memory() + static_cast<double>(MemoryMeter::current());
  return {.timed = options_.timed,
          .min_time = options_.min_time,
          .memory_bytes = memory,
          .threads = options_.threads,
          .count_instructions = options_.count_instructions};
}

// A group ends before a case that runs in a process of its own.
std::size_t Executor::next_group(std::span<const Case> rest, const RunOptions& how) const {
  if (is_isolated(rest.front(), options_)) return 1;
  const auto apart =
      std::ranges::find_if(rest, [&](const Case& c) { return is_isolated(c, options_); });
  return group_size({rest.begin(), apart}, how);
}

void Executor::run_apart(const Case& c, Sink& sink) {
  sink.begin(c);
  sink.add(run_isolated(c, options_));
}

void Executor::run_here(std::span<const Case> group, const RunOptions& how, Sink& sink) {
  const auto begin = [&](const Case& c) { sink.begin(c); };
  for (const Result& result : run_group(group, inputs_, how, begin)) sink.add(result);
}

void Executor::run(std::span<const Case> cases, Sink& sink) {
  for (std::span<const Case> rest = cases; !rest.empty() && !interrupted();) {
    const RunOptions how = run_options();
    const std::span<const Case> group = rest.first(next_group(rest, how));
    if (is_isolated(group.front(), options_))
      run_apart(group.front(), sink);
    else
      run_here(group, how, sink);
    rest = rest.subspan(group.size());
  }
}

}  // namespace qbench
