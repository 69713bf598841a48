// SPDX-License-Identifier: Apache-2.0
// Runs pairs until every row is judged.
#include "harness/gates/ab/ab.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "harness/cli/option_scope.h"
#include "harness/gates/ab/calibration.h"
#include "harness/gates/ab/comparison.h"
#include "harness/gates/findings/rerun.h"
#include "harness/gates/findings/tell.h"
#include "harness/output/progress.h"
#include "harness/process/interrupt.h"
#include "harness/run/real_weights.h"
#include "harness/sweep/selection.h"

namespace qbench {
namespace {

// One finding for each difference in how the two sides were built.
std::vector<Finding> built_otherwise(const Pair& pair) {
  std::vector<Finding> findings;
  for (const auto& [name, before] : pair.old_run.environment)
    for (const auto& [other, after] : pair.new_run.environment)
      if (name == other && before != after &&
          (name == "compiler" || name == "flags" || name == "build_type"))
        findings.push_back({.gate = "speed",
                            .judgement = Judgement::skipped,
                            .subject = "environment",
                            .field = name,
                            .before = before,
                            .after = after,
                            .reason = "the two sides were built otherwise"});
  return findings;
}

void warn_uncalibrated(const Comparison& comparison, const Calibration& calibration) {
  const auto unknown = std::ranges::count_if(
      comparison.keys(), [&](const RowKey& key) { return !calibration.knows(key); });
  if (unknown > 0)
    fmt::print(stderr,
               "qbench: rows that are not calibrated on this machine: {} of {}; that it tells 3 % "
               "apart is taken on trust; qbench ab --calibrate measures it\n",
               unknown, comparison.keys().size());
}

std::string rerun(const Options& options, const SpeedPolicy& policy, const std::string& subject) {
  std::vector<std::string> command = ab_command(options.gate.old_text, options.gate.new_text);
  if (policy.threshold)
    command.insert(command.end(), {"--threshold", fmt::format("{:.6g}", *policy.threshold)});
  return rerun_line(command, options, subject);
}

// Throws if the sides would reject the sweep, before a revision is built for it.
void check_sweep(const Options& given) {
  Options options = given;
  const auto checkpoint = open_weights(options);
  tell_notes(options, selected_cases(options));
}

// Absent after an interrupt, because the signal of a terminal also ends the processes of a pair.
std::optional<Pair> next_pair(PairRunner& runner) {
  try {
    Pair pair = runner.next();
    if (!interrupted()) return pair;
  } catch (const std::runtime_error&) {
    if (!interrupted()) throw;
  }
  return std::nullopt;
}

// Runs pairs until every row is judged or somebody interrupts. The findings are of built_otherwise.
std::vector<Finding> compare(PairRunner& runner, Comparison& comparison, const SpeedRule& rule,
                             const Calibration& calibration, bool quiet) {
  std::vector<Finding> findings;
  const int most = rule.looks.back();
  Progress progress(static_cast<std::size_t>(most), quiet, 10);
  for (int pairs = 1; pairs <= most && !(pairs > 1 && comparison.done()); ++pairs) {
    progress.begin("pairs of processes, until the speed is clear");
    const std::optional<Pair> pair = next_pair(runner);
    if (!pair) break;
    comparison.add(*pair);
    if (pairs == 1) {
      findings = built_otherwise(*pair);
      warn_uncalibrated(comparison, calibration);
    }
    if (std::ranges::find(rule.looks, pairs) != rule.looks.end()) comparison.look(pairs == most);
  }
  return findings;
}

}  // namespace

std::vector<Finding> judge_speed(const Options& options, const SpeedPolicy& policy) {
  check_sweep(options);
  const Side old_side = resolve_side(options.gate.old_text, options.sweep);
  const Side new_side = resolve_side(options.gate.new_text, options.sweep);
  const Calibration calibration;
  PairRunner runner(old_side, new_side, options.sweep_arguments, options.sweep.seed,
                    options.journal);
  Comparison comparison(
      policy, [&](const RowKey& key) { return calibration.threshold(key, policy.threshold); });
  std::vector<Finding> findings =
      compare(runner, comparison, policy.rule, calibration, options.quiet);
  const auto rows = comparison.findings(
      [&](const std::string& subject) { return rerun(options, policy, subject); });
  findings.insert(findings.begin(), rows.begin(), rows.end());
  return findings;
}

std::vector<Finding> judge_instructions(const Options& options, const InstructionRule& rule) {
  check_sweep(options);
  const Side old_side = resolve_side(options.gate.old_text, options.sweep);
  return judge_instructions(old_side, resolve_side(options.gate.new_text, options.sweep), options,
                            rule);
}

int run_ab(const Options& options) {
  check_reports(options.gate);
  if (options.gate.calibrate) return run_calibration(options);
  if (!options.gate.instructions)
    return tell(judge_speed(options, {.threshold = options.gate.threshold}), options.gate);
  InstructionRule rule;
  rule.threshold = options.gate.threshold.value_or(rule.threshold);
  return tell(judge_instructions(options, rule), options.gate);
}

}  // namespace qbench
