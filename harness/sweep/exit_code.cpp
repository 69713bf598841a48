// SPDX-License-Identifier: Apache-2.0
// Computes the exit code of a sweep.
#include "harness/sweep/exit_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "harness/process/interrupt.h"
#include "kernels/device/cuda_device.h"
#include "reports/text/text.h"

namespace qbench {
namespace {

constexpr int kNoDevice = 77;

bool any(const std::vector<Result>& results, Status status) {
  return std::ranges::any_of(results, [&](const Result& r) { return r.status == status; });
}

bool only_absent_devices(const std::vector<Case>& cases) {
  return std::ranges::all_of(
             cases,
             [](const Case& c) { return c.device.kind == DeviceKind::cuda && !c.skip.empty(); }) &&
         !cuda_status().unusable().empty();
}

// The ids of the cases that were asked for. Cases that were added as a baseline count only if there
// is no other.
std::set<std::string> asked_ids(const std::vector<Case>& cases) {
  const bool all_added = std::ranges::all_of(cases, &Case::added);
  std::set<std::string> ids;
  for (const Case& c : cases)
    if (all_added || !c.added) ids.insert(c.id());
  return ids;
}

bool any_done(const std::set<std::string>& asked, const std::vector<Result>& results) {
  return std::ranges::any_of(results, [&](const Result& r) {
    return r.status != Status::skipped && asked.contains(r.id);
  });
}

int tell_nothing_done(const std::set<std::string>& asked, const std::vector<Result>& results) {
  std::vector<std::string> reasons;
  for (const Result& r : results) {
    const bool counts = asked.contains(r.id) || r.mode.empty();  // an unusable tensor has no mode
    if (counts && r.status == Status::skipped &&
        std::ranges::find(reasons, r.reason) == reasons.end())
      reasons.push_back(r.reason);
  }
  const std::string more =
      reasons.size() > 1 ? fmt::format(" (the first of {} reasons)", reasons.size()) : "";
  fmt::print(stderr, "qbench: nothing of what was asked for could be measured: {}{}\n",
             reasons.empty() ? "no case was run" : printable(reasons.front()), more);
  return 1;
}

}  // namespace

int sweep_exit_code(const std::vector<Case>& cases, const std::vector<Result>& results,
                    bool written) {
  if (interrupted()) return kInterruptedExit;
  if (any(results, Status::wrong)) return 2;
  if (any(results, Status::error) || !written) return 1;
  if (only_absent_devices(cases)) return kNoDevice;
  const std::set<std::string> asked = asked_ids(cases);
  return any_done(asked, results) ? 0 : tell_nothing_done(asked, results);
}

}  // namespace qbench
