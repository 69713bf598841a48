// SPDX-License-Identifier: Apache-2.0
// Makes reports of stored results.
#include "harness/output/report_journals.h"

#include <re2/re2.h>

#include <stdexcept>

#include "harness/output/outputs.h"

namespace qbench {
namespace {

std::vector<JournalRun> runs_of(const std::vector<std::string>& journals) {
  std::vector<JournalRun> runs;
  for (const std::string& journal : journals)
    for (JournalRun& run : read_journal(journal)) runs.push_back(std::move(run));
  return runs;
}

std::vector<Result> results_of(const std::vector<JournalRun>& runs, const std::string& filter) {
  std::vector<Result> results;
  for (const JournalRun& run : runs)
    results.insert(results.end(), run.results.begin(), run.results.end());
  if (results.empty())
    throw std::runtime_error(filter.empty() ? "the journals hold no case"
                                            : "no case matches --filter '" + filter + "'");
  return results;
}

}  // namespace

void keep_matching(std::vector<JournalRun>& runs, const std::string& filter) {
  const RE2 pattern(filter);
  for (JournalRun& run : runs)
    std::erase_if(run.results, [&](const Result& r) { return !RE2::PartialMatch(r.id, pattern); });
}

int run_report(const Options& options) {
  check_reports(options.reports, options.journals);
  std::vector<JournalRun> runs = runs_of(options.journals);
  keep_matching(runs, options.filter);
  const std::vector<Result> results = results_of(runs, options.filter);
  return write_reports(options.reports, merged(runs), results) ? 0 : 1;
}

}  // namespace qbench
