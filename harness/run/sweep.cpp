// SPDX-License-Identifier: Apache-2.0
// A sweep from its options to its exit code.
#include "harness/run/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

#include "harness/cli/interrupt.h"
#include "harness/cli/option_scope.h"
#include "harness/cli/outputs.h"
#include "harness/cli/progress.h"
#include "harness/measure/ceilings.h"
#include "harness/run/environment.h"
#include "harness/run/isolate.h"
#include "harness/run/real_weights.h"
#include "harness/run/run.h"
#include "harness/run/speedup.h"
#include "reference/simd/parallel.h"
#include "reports/journal/journal.h"
#include "reports/results/sections.h"

namespace qbench {
namespace {

constexpr int kNoDevice = 77;

class Recorder {
 public:
  Recorder(const Options& options, const Environment& environment) {
    if (options.journal.empty()) return;
    const auto how = options.append ? Journal::Open::append : Journal::Open::create;
    journal_ = std::make_unique<Journal>(options.journal, how, environment);
  }
  void add(Result result) {
    speedups_.compare(result);
    if (journal_) journal_->add(result);
    results_.push_back(std::move(result));
  }
  const std::vector<Result>& results() const { return results_; }

 private:
  std::unique_ptr<Journal> journal_;
  Speedups speedups_;
  std::vector<Result> results_;
};

RunOptions run_options(const Options& options) {
  // What the last case left behind is given back or shared.
  const double memory = available_memory() + static_cast<double>(MemoryMeter::current());
  return {.timed = options.timed,
          .min_time = options.min_time,
          .memory_bytes = memory,
          .threads = options.threads,
          .count_instructions = options.count_instructions};
}

// The length of the next group, which ends before a case that runs in a process of its own.
std::size_t next_group(std::span<const Case> rest, const Options& options, const RunOptions& how) {
  if (is_isolated(rest.front(), options)) return 1;
  const auto apart =
      std::ranges::find_if(rest, [&](const Case& c) { return is_isolated(c, options); });
  return group_size({rest.begin(), apart}, how);
}

// Runs the cases until all are done or somebody interrupts.
void run_cases(const std::vector<Case>& cases, const Checkpoint* checkpoint, const Options& options,
               Recorder& recorder) {
  Inputs inputs(checkpoint);
  Progress progress(cases.size(), options.quiet);
  const auto begin = [&](const Case& c) { progress.begin(c.id()); };
  for (std::span<const Case> rest(cases); !rest.empty() && !interrupted();) {
    const RunOptions how = run_options(options);
    const std::span<const Case> group = rest.first(next_group(rest, options, how));
    if (is_isolated(group.front(), options)) {
      begin(group.front());
      recorder.add(run_isolated(group.front(), options));
    } else {
      for (Result& result : run_group(group, inputs, how, begin)) recorder.add(std::move(result));
    }
    rest = rest.subspan(group.size());
  }
}

void print_ids(const std::vector<Case>& cases) {
  for (const Case& c : cases)
    fmt::print("{}{}\n", printable(c.id()),
               c.skip.empty() ? "" : "  skipped: " + printable(c.skip));
}

// --- The exit code

bool any(const std::vector<Result>& results, Status status) {
  return std::ranges::any_of(results, [&](const Result& r) { return r.status == status; });
}

bool only_absent_devices(const std::vector<Case>& cases) {
  return std::ranges::all_of(
             cases,
             [](const Case& c) { return c.device.starts_with("cuda") && !c.skip.empty(); }) &&
         !cuda_status().unusable().empty();
}

// The ids of the cases that were asked for; those that were only added to compare with count where
// there is nothing else.
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
    const bool counts = asked.contains(r.id) || r.mode.empty();  // a tensor that cannot be used
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

int exit_code(const std::vector<Case>& cases, const std::vector<Result>& results, bool written) {
  if (interrupted()) return kInterruptedExit;
  if (any(results, Status::wrong)) return 2;
  if (any(results, Status::error) || !written) return 1;
  if (only_absent_devices(cases)) return kNoDevice;
  const std::set<std::string> asked = asked_ids(cases);
  return any_done(asked, results) ? 0 : tell_nothing_done(asked, results);
}

}  // namespace

int run_sweep(const Options& given) {
  Options options = given;
  const std::unique_ptr<Checkpoint> checkpoint = open_weights(options);
  const std::vector<Case> cases = selected_cases(options);
  const std::string notes = tell_notes(options, cases);
  if (options.dry_run) {
    print_ids(cases);
    return 0;
  }
  const std::vector<std::string> inputs =
      checkpoint ? files_of(checkpoint->tensors()) : std::vector<std::string>();
  check_reports(options.reports, inputs);
  if (std::filesystem::exists(options.journal)) check_output(options.journal, inputs);
  if (options.threads > 0) reference::set_thread_count(options.threads);
  options.threads = reference::thread_count();
  Environment conditions = environment(options.threads, options.sweep.seed);
  if (!notes.empty()) conditions.emplace_back("notes", notes);
  add_weights(conditions, checkpoint.get(), cases);
  add_ceilings(conditions, cases);
  Recorder recorder(options, conditions);
  if (checkpoint)
    for (Result& row : unusable_rows(*checkpoint, options)) recorder.add(std::move(row));
  run_cases(cases, checkpoint.get(), options, recorder);
  const bool written = write_reports(options.reports, conditions, recorder.results());
  return exit_code(cases, recorder.results(), written);
}

}  // namespace qbench
