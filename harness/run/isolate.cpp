// SPDX-License-Identifier: Apache-2.0
// Runs one process per case and reads its journal.
#include "harness/run/isolate.h"

#include <fmt/format.h>

#include <cstring>
#include <filesystem>

#include "harness/process/interrupt.h"
#include "harness/process/process.h"
#include "harness/run/figures.h"
#include "reports/journal/journal.h"

namespace qbench {
namespace {

std::vector<std::string> arguments_of(const Case& c, const Options& options,
                                      const std::string& journal) {
  std::vector<std::string> line = {std::filesystem::canonical("/proc/self/exe").string()};
  for (std::string& argument : arguments_of_case(options, c.id()))
    line.push_back(std::move(argument));
  line.insert(line.end(),
              {"--quiet", "--isolate", "none", "--journal", journal, "--report", "csv=/dev/null"});
  if (options.timed)
    line.insert(line.end(), {"--min-time", fmt::format("{}", options.min_time)});
  else
    line.push_back("--no-time");
  if (options.count_instructions) line.push_back("--count-instructions");
  return line;
}

// The row that the process wrote, if it is that of the case. An unreadable journal means that the
// process ended while it wrote.
std::optional<Result> row_of(const std::string& journal, const std::string& id) {
  std::vector<JournalRun> runs;
  try {
    runs = read_journal(journal);
  } catch (const std::exception&) {
    return std::nullopt;
  }
  for (const JournalRun& run : runs)
    for (const Result& result : run.results)
      if (result.id == id) return result;
  return std::nullopt;
}

std::string why_no_row(const Ended& ended, double timeout) {
  if (ended.timed_out && interrupted()) return "it was still running when this was interrupted";
  if (ended.timed_out)
    return fmt::format("it did not end within {:g} s: --case-timeout allows more", timeout);
  const std::string said = last_line(ended.err);
  const std::string tail = said.empty() ? "" : ": " + said;
  if (ended.code > 128)
    return fmt::format("its process ended by signal {} ({}){}", ended.code - 128,
                       strsignal(ended.code - 128), tail);
  return fmt::format("its process ended with {}{}", ended.code, tail);
}

}  // namespace

bool is_isolated(const Case& c, const Options& options) {
  if (c.kernel == nullptr) return false;
  return options.isolate == Isolate::all ||
         (options.isolate == Isolate::libraries && c.kernel->foreign);
}

Result run_isolated(const Case& c, const Options& options) {
  Result failed = describe(c, options.threads);
  try {
    const TemporaryFolder folder;
    const std::string journal = folder.path() + "/journal.jsonl";
    const Ended ended = run_process(
        {.arguments = arguments_of(c, options, journal), .timeout = options.case_timeout});
    if (std::optional<Result> row = row_of(journal, c.id())) {
      // It depends on options that a single case does not take.
      row->not_in_totals = failed.not_in_totals;
      return *row;
    }
    set_status(failed, Status::error, why_no_row(ended, options.case_timeout));
  } catch (const std::exception& error) {
    set_status(failed, Status::error, error.what());
  }
  return failed;
}

}  // namespace qbench
