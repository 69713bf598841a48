// SPDX-License-Identifier: Apache-2.0
// The stages of a sweep: cases, filters, the executor, sinks.
#include "harness/sweep/sweep.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "harness/cli/option_scope.h"
#include "harness/measure/ceilings.h"
#include "harness/measure/instructions.h"
#include "harness/output/outputs.h"
#include "harness/run/environment.h"
#include "harness/run/real_weights.h"
#include "harness/sweep/executor.h"
#include "harness/sweep/exit_code.h"
#include "harness/sweep/selection.h"
#include "harness/sweep/sink.h"
#include "reference/simd/parallel.h"
#include "reports/text/text.h"
#include "suites/checkpoints/network_files.h"

namespace qbench {
namespace {

void print_ids(const std::vector<Case>& cases) {
  for (const Case& c : cases)
    fmt::print("{}{}\n", printable(c.id()),
               c.skip.empty() ? "" : "  skipped: " + printable(c.skip));
}

// Called before any work is done.
void check_outputs(const Options& options, const Checkpoint* checkpoint,
                   const Originals* originals) {
  const std::vector<std::string> inputs = files_of_network(checkpoint, originals);
  check_reports(options.reports, inputs);
  if (std::filesystem::exists(options.journal)) check_output(options.journal, inputs);
}

void set_threads(Options& options) {
  if (options.threads > 0) reference::set_thread_count(options.threads);
  options.threads = reference::thread_count();
}

// The notes on options, and on what this machine lacks for them. Processes that run one case of
// another are quiet.
std::string notes_of(const Options& options, const std::vector<Case>& cases) {
  const std::string notes = tell_notes(options, cases);
  const std::string why = options.count_instructions ? why_no_instructions() : "";
  if (why.empty()) return notes;
  const std::string note =
      "--count-instructions: none are counted, as perf_event cannot count here: " + why +
      "; qbench ab --instructions counts by valgrind";
  if (!options.quiet) fmt::print(stderr, "qbench: {}\n", note);
  return notes.empty() ? note : notes + "; " + note;
}

Environment conditions_of(const Options& options, const std::string& notes,
                          const Checkpoint* checkpoint, const std::vector<Case>& cases) {
  Environment conditions = environment(options.threads, options.sweep.seed);
  if (!notes.empty()) conditions.emplace_back("notes", notes);
  add_weights(conditions, checkpoint, cases);
  add_ceilings(conditions, cases);
  return conditions;
}

}  // namespace

int run_sweep(const Options& given) {
  Options options = given;
  const std::unique_ptr<Checkpoint> checkpoint = open_weights(options);
  const std::vector<Case> cases = selected_cases(options);
  const std::string notes = notes_of(options, cases);
  const std::unique_ptr<Originals> originals = open_originals(options, checkpoint.get(), cases);
  if (options.dry_run) {
    print_ids(cases);
    return 0;
  }
  check_outputs(options, checkpoint.get(), originals.get());
  set_threads(options);
  Environment conditions = conditions_of(options, notes, checkpoint.get(), cases);
  add_originals(conditions, originals.get());
  std::vector<Result> results;
  const std::unique_ptr<Sink> sink = sinks_of(options, conditions, cases.size(), results);
  if (checkpoint)
    for (const Result& row : unusable_rows(*checkpoint, options)) sink->add(row);
  Executor(options, checkpoint.get(), originals.get()).run(cases, *sink);
  const bool written = sink->finish();
  return sweep_exit_code(cases, results, written);
}

}  // namespace qbench
