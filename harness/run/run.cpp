// SPDX-License-Identifier: Apache-2.0
// Runs cases one by one, and in groups that take turns.
#include "harness/run/run.h"

#include <algorithm>
#include <memory>

#include "harness/run/case_run.h"

namespace qbench {
namespace {

constexpr int kMostTurns = 10;
constexpr double kShareOfMemory = 0.25;

// A permutation of 0 .. count - 1. The start and the direction change each turn, so that no case
// always follows the same one.
std::vector<std::size_t> order_of(std::size_t turn, std::size_t count) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < count; ++i)
    order.push_back((turn + (turn % 2 == 0 ? i : count - i)) % count);
  return order;
}

bool takes_turns(const Case& c, const RunOptions& options) {
  return options.timed && c.kernel && c.kernel->device == DeviceKind::cpu;
}

}  // namespace

Result run(const Case& c, Inputs& inputs, const RunOptions& options) {
  CaseRun run(c, inputs, options, 1);
  while (run.has_turns()) run.turn(false);
  return run.finish();
}

std::vector<Result> run_group(std::span<const Case> cases, Inputs& inputs,
                              const RunOptions& options,
                              const std::function<void(const Case&)>& begin) {
  std::vector<std::unique_ptr<CaseRun>> runs;
  for (const Case& c : cases) {
    begin(c);
    runs.push_back(
        std::make_unique<CaseRun>(c, inputs, options, cases.size() > 1 ? kMostTurns : 1));
  }
  const auto has_turns = [](const auto& run) { return run->has_turns(); };
  for (std::size_t turn = 0; std::ranges::any_of(runs, has_turns); ++turn)
    for (const std::size_t i : order_of(turn, runs.size()))
      if (runs[i]->has_turns()) runs[i]->turn(runs.size() > 1);
  std::vector<Result> results;
  for (auto& run : runs) results.push_back(run->finish());
  return results;
}

std::size_t group_size(std::span<const Case> cases, const RunOptions& options) {
  const auto joins = [&](const Case& c) {
    return takes_turns(c, options) && share_weights(c, cases.front());
  };
  if (!joins(cases.front())) return 1;
  double needed = bytes_needed(cases.front());
  std::size_t size = 1;
  for (; size < cases.size() && joins(cases[size]); ++size) {
    needed += bytes_needed(cases[size]);
    if (!(needed <= kShareOfMemory * options.memory_bytes)) break;
  }
  return size;
}

}  // namespace qbench
