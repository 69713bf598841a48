// SPDX-License-Identifier: Apache-2.0
// Runs the processes of both sides and reads their journals.
#include "harness/gates/ab/pairs.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "suites/inputs/random.h"

namespace qbench {

namespace {

// True for exit code 0, and for a code that the results explain: 2 (a wrong result), 77 (no GPU),
// and 1 if a case failed or nothing but the bf16 baseline could be measured.
bool ended_well(int code, const JournalRun& run) {
  const bool failed = std::ranges::count(run.results, Status::error, &Result::status) > 0;
  const bool measured = std::ranges::any_of(
      run.results, [](const Result& r) { return r.mode != "bf16" && r.status == Status::passed; });
  const bool nothing_done = !run.results.empty() && !measured;
  return code == 0 || code == 2 || code == 77 || (code == 1 && (failed || nothing_done));
}

}  // namespace

JournalRun run_side(const Side& side, const std::vector<std::string>& arguments,
                    const TemporaryFolder& folder, const Command& prefix) {
  const std::string journal = folder.path() + "/journal.jsonl";
  std::filesystem::remove(journal);
  std::vector<std::string> line = {side.executable};
  line.insert(line.end(), arguments.begin(), arguments.end());
  line.insert(line.end(), side.arguments.begin(), side.arguments.end());
  line.insert(line.end(), {"--min-time", "0"});
  Command command = prefix;
  command.arguments.insert(command.arguments.end(), line.begin(), line.end());
  command.arguments.insert(command.arguments.end(), {"--report", "csv", "--journal", journal});
  const Ended ended = run_process(command);
  JournalRun run;
  if (std::filesystem::exists(journal)) run = std::move(read_journal(journal).at(0));
  if (run.environment.empty() || !ended_well(ended.code, run)) {
    const std::string said = last_line(ended.err);
    throw std::runtime_error(
        fmt::format("{} ended with {}: {}; to see it: {}", side.label, ended.code,
                    said.empty() ? "it wrote no journal (no qbench?)" : said, shell_line(line)));
  }
  return run;
}

PairRunner::PairRunner(Side old_side, Side new_side, std::vector<std::string> arguments,
                       std::uint64_t seed, std::string journal)
    : old_side_(std::move(old_side)),
      new_side_(std::move(new_side)),
      arguments_(std::move(arguments)),
      seed_(seed),
      journal_(std::move(journal)) {}

JournalRun PairRunner::run(const Side& side, const char* name) {
  JournalRun run = run_side(side, arguments_, folder_);
  if (journal_.empty()) return run;
  Environment environment = run.environment;
  environment.emplace_back("side", name);
  environment.emplace_back("pair", fmt::format("{}", pairs_));
  Journal journal(journal_, journal_begun_ ? Journal::Open::append : Journal::Open::create,
                  environment);
  journal_begun_ = true;
  for (const Result& result : run.results) journal.add(result);
  return run;
}

Pair PairRunner::next() {
  const bool old_first = philox({pairs_, 0, 0, 0}, {static_cast<std::uint32_t>(seed_),
                                                    static_cast<std::uint32_t>(seed_ >> 32)})[0] &
                         1;
  Pair pair;
  if (old_first) pair.old_run = run(old_side_, "old");
  pair.new_run = run(new_side_, "new");
  if (!old_first) pair.old_run = run(old_side_, "old");
  ++pairs_;
  return pair;
}

}  // namespace qbench
