// SPDX-License-Identifier: Apache-2.0
// Findings of cases that cannot be compared.
#include "harness/gates/findings/apart.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "kernels/device/device_id.h"

namespace qbench {
namespace {

// True if both had equally many runs: minima of different numbers are not comparable.
bool same_sampling(const Result& before, const Result& after) {
  return !is_on_cpu(after) || before.samples == after.samples;
}

const char* status_name(const Result& result) {
  return kStatusNames[static_cast<int>(result.status)];
}

// The status of a side's case as a verb in the past tense.
const char* deed(Status status) {
  switch (status) {
    case Status::wrong:
      return "was wrong";
    case Status::skipped:
      return "skipped it";
    case Status::error:
      return "failed";
    case Status::passed:
      break;
  }
  return "passed";
}

// A finding if the case did not pass on both sides.
std::optional<Finding> why_not_passed(const std::string& gate, const Result& before,
                                      const Result& after) {
  if (before.status == Status::passed && after.status == Status::passed) return std::nullopt;
  const bool of_new = after.status != Status::passed;
  const Result& failed = of_new ? after : before;
  const bool neither = before.status != Status::passed && of_new;
  const bool alike = before.status == after.status;
  const std::string what = neither && !alike ? "neither side passed"
                                             : fmt::format("{} {}",
                                                           neither  ? "both sides"
                                                           : of_new ? "the new side"
                                                                    : "the old side",
                                                           deed(failed.status));
  return case_finding(gate, neither ? Judgement::skipped : Judgement::incomparable, after,
                      what + ": " + failed.reason);
}

}  // namespace

const Result* find(const JournalRun& run, std::string_view id) {
  const auto found = std::ranges::find(run.results, id, &Result::id);
  return found == run.results.end() ? nullptr : &*found;
}

bool is_on_cpu(const Result& result) { return result.device == to_text(DeviceId{}); }

std::optional<double> seconds_of(const Result& result) {
  return is_on_cpu(result) ? result.seconds_min : result.seconds;
}

bool timed(const Result* result) {
  return result && result->status == Status::passed && seconds_of(*result).value_or(0) > 0;
}

std::string time_text(double seconds) { return fmt::format("{:.4g} us", seconds * 1e6); }

Finding case_finding(std::string gate, Judgement judgement, const Result& result,
                     std::string reason) {
  const bool wrong = judgement == Judgement::breach;
  return {.gate = wrong ? "errors" : std::move(gate),
          .judgement = judgement,
          .subject = result.id,
          .field = wrong ? "status" : "",
          .after = wrong ? status_name(result) : "",
          .reason = std::move(reason)};
}

std::optional<Finding> why_apart(const std::string& gate, const Result* before,
                                 const Result& after) {
  const auto finding = [&](Judgement judgement, const std::string& reason) {
    return case_finding(gate, judgement, after, reason);
  };
  if (after.status == Status::wrong) return finding(Judgement::breach, after.reason);
  if (!before) return appeared(gate, after);
  if (auto failed = why_not_passed(gate, *before, after)) return failed;
  if (!timed(before) && !timed(&after)) return finding(Judgement::skipped, "it has no time");
  if (!timed(before) || !timed(&after))
    return finding(Judgement::incomparable,
                   timed(before) ? "the new side has no time" : "the old side has no time");
  if (!same_sampling(*before, after))
    return finding(Judgement::incomparable,
                   fmt::format("the old side takes {} samples a process, the new one {}",
                               before->samples.value_or(0), after.samples.value_or(0)));
  return std::nullopt;
}

Finding appeared(const std::string& gate, const Result& after) {
  return case_finding(gate, Judgement::skipped, after, "new: the old side has no such case");
}

std::optional<Finding> missing(const std::string& gate, const Result& before) {
  const bool skipped = before.status == Status::skipped;
  if (skipped && before.mode.empty()) return std::nullopt;
  return case_finding(gate, skipped ? Judgement::skipped : Judgement::incomparable, before,
                      skipped ? "the old side skipped it, and the new side has no such case"
                              : "the new side has no such case");
}

std::vector<Finding> gone(const std::string& gate, const JournalRun& before,
                          const JournalRun& after) {
  std::vector<Finding> findings;
  for (const Result& result : before.results)
    if (!find(after, result.id))
      if (auto finding = missing(gate, result)) findings.push_back(std::move(*finding));
  return findings;
}

}  // namespace qbench
