// SPDX-License-Identifier: Apache-2.0
// Counts instructions of both sides and compares them.
#include "harness/gates/ab/instruction_gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "harness/gates/ab/pairs.h"
#include "harness/gates/errors/exact_figures.h"
#include "harness/gates/findings/apart.h"
#include "harness/gates/findings/rerun.h"
#include "harness/output/progress.h"
#include "harness/process/interrupt.h"

namespace qbench {
namespace {

const std::vector<std::pair<std::string, std::string>> kHeld = {{"QBENCH_ISA", "avx2"}};

// A counter that stays at 0, as in some virtual machines, has counted nothing.
bool is_counted(const Result& r) { return r.instructions > 0; }

const std::vector<std::string> kCounting = {"--threads", "1", "--count-instructions"};

// The total in a file that callgrind wrote.
double total_of(const std::string& file) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("totals:") || line.starts_with("summary:"))
      return std::stod(line.substr(line.find(':') + 1));
  throw std::runtime_error("callgrind wrote no total into " + file);
}

bool countable(const Result& result) {
  return result.status == Status::passed && is_on_cpu(result) && result.samples;
}

// The command prefix that counts the next run of a program, into FILE.1.
Command callgrind(const std::string& file) {
  return {.arguments = {"valgrind", "--tool=callgrind", "--trace-children=yes",
                        "--callgrind-out-file=" + file, "--collect-atstart=no",
                        "--toggle-collect=qbench_counted_run", "--dump-after=qbench_counted_run"},
          .environment = kHeld};
}

// Runs one process per case: the text of another case's times would shift allocations, and with
// them the counts by a few parts in 10,000.
void count_by_callgrind(const Side& side, const Options& options, const TemporaryFolder& folder,
                        Result& result) {
  std::vector<std::string> arguments = arguments_of_case(options, result.id);
  arguments.insert(arguments.end(), kCounting.begin(), kCounting.end());
  const std::string file = folder.path() + "/callgrind";
  run_side(side, arguments, folder, callgrind(file));
  result.instructions = total_of(file + ".1");
  for (const char* part : {"", ".1"}) std::filesystem::remove(file + part);
}

JournalRun count(const Side& side, const Options& options, const TemporaryFolder& folder) {
  std::vector<std::string> arguments = options.sweep_arguments;
  arguments.insert(arguments.end(), kCounting.begin(), kCounting.end());
  JournalRun run;
  try {
    run = run_side(side, arguments, folder, {.environment = kHeld});
  } catch (const std::runtime_error&) {
    if (!interrupted()) throw;
  }
  const auto uncounted = [](const Result& r) { return countable(r) && !is_counted(r); };
  const auto left = std::ranges::count_if(run.results, uncounted);
  if (left == 0) return run;
  fmt::print(stderr, "qbench: perf_event does not count here: valgrind counts {}\n", side.label);
  Progress progress(static_cast<std::size_t>(left), options.quiet);
  for (Result& result : run.results) {
    if (!uncounted(result)) continue;
    if (interrupted()) break;
    progress.begin(result.id);
    try {
      count_by_callgrind(side, options, folder, result);
    } catch (const std::runtime_error& error) {
      if (interrupted()) break;
      throw std::runtime_error(fmt::format(
          "cannot count instructions: perf_event does not count here, and valgrind neither ({}): "
          "scripts/deps gate installs it",
          error.what()));
    }
  }
  return run;
}

Finding finding_of(const Result& before, const Result& after, const InstructionRule& rule) {
  const auto& [threshold, trade] = rule;
  const double ratio = *after.instructions / *before.instructions;
  Finding finding{
      .gate = "instructions",
      .judgement = ratio > 1 + threshold   ? Judgement::breach
                   : ratio < 1 - threshold ? Judgement::fast
                                           : Judgement::same,
      .subject = after.id,
      .field = "instructions",
      .before = fmt::format("{:.0f}", *before.instructions),
      .after = fmt::format("{:.0f}", *after.instructions),
      .reason = fmt::format("{:+.2f} %, threshold {:.3g} %", 100 * (ratio - 1), 100 * threshold)};
  const std::string gain = gained(trade, before, after);
  if (finding.judgement == Judgement::breach && !gain.empty() && ratio - 1 <= trade.slowest) {
    finding.judgement = Judgement::traded;
    finding.reason += "; allowed for " + gain;
  }
  return finding;
}

Finding judge_case(const JournalRun& before, const Result& after, const InstructionRule& rule) {
  const Result* const old = find(before, after.id);
  if (auto apart = why_apart("instructions", old, after)) return std::move(*apart);
  if (!countable(after))
    return case_finding("instructions", Judgement::skipped, after, "only the CPU's are counted");
  if (!is_counted(after) || !is_counted(*old))
    return case_finding("instructions", Judgement::skipped, after,
                        "interrupted before it was counted");
  return finding_of(*old, after, rule);
}

std::vector<std::string> command_of(const Side& old_side, const Side& new_side,
                                    const InstructionRule& rule) {
  std::vector<std::string> command = ab_command(old_side.text, new_side.text);
  command.insert(command.end(),
                 {"--instructions", "--threshold", fmt::format("{:.6g}", rule.threshold)});
  return command;
}

}  // namespace

std::vector<Finding> judge_instructions(const Side& old_side, const Side& new_side,
                                        const Options& options, const InstructionRule& rule) {
  const TemporaryFolder folder;
  const JournalRun before = count(old_side, options, folder);
  if (interrupted())
    return {whole_gate("instructions", Judgement::unjudged,
                       "interrupted before both sides were counted")};
  const JournalRun after = count(new_side, options, folder);
  std::vector<Finding> findings = gone("instructions", before, after);
  for (const Result& result : after.results) findings.push_back(judge_case(before, result, rule));
  if (std::ranges::none_of(findings, [](const Finding& f) { return is_judged(f.judgement); }))
    findings.push_back(
        whole_gate("instructions", Judgement::unjudged, "no case runs on the CPU on both sides"));
  for (Finding& finding : errors_apart(before, after)) findings.push_back(std::move(finding));
  const std::vector<std::string> command = command_of(old_side, new_side, rule);
  for (Finding& finding : findings)
    if (is_worth_a_rerun(finding.judgement))
      finding.command = rerun_line(command, options, finding.subject);
  return findings;
}

}  // namespace qbench
