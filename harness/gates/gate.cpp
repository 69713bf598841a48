// SPDX-License-Identifier: Apache-2.0
// Runs the gates of a policy, one after the other.
#include "harness/gates/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <stdexcept>

#include "harness/cli/command.h"
#include "harness/gates/ab/ab.h"
#include "harness/gates/errors/error_gate.h"
#include "harness/gates/errors/exact_figures.h"
#include "harness/gates/findings/tell.h"
#include "harness/process/interrupt.h"
#include "harness/process/process.h"
#include "harness/sweep/selection.h"
#include "reports/file.h"
#include "reports/findings/findings.h"

namespace qbench {
namespace {

// Parses a sweep as the command line does. Throws std::invalid_argument that names the table.
Options parsed(const std::string& table, Arguments line, const Arguments& sweep, Verbs verbs) {
  line.insert(line.begin(), "qbench");
  line.insert(line.end(), sweep.begin(), sweep.end());
  std::vector<const char*> pointers;
  for (const std::string& argument : line) pointers.push_back(argument.c_str());
  const Parsed parsed = read_command(static_cast<int>(pointers.size()), pointers.data(), verbs);
  if (!parsed.exit_code) return parsed.options;
  const std::string why = parsed.err.substr(std::min(parsed.err.find(' ') + 1, parsed.err.size()));
  throw std::invalid_argument(fmt::format("the policy's [{}]: {}", table, why));
}

// Runs an external gate: its stdout is parsed as findings, its stderr is shown as it comes.
std::vector<Finding> external(const Policy::External& gate) {
  const Ended ended = run_process({.arguments = gate.command, .show_stderr = true});
  std::vector<Finding> findings = read_findings(ended.out);
  const std::string line = shell_line(gate.command);
  if (ended.code != 0 && std::ranges::none_of(findings, is_open))
    findings.push_back(whole_gate("static", Judgement::incomparable,
                                  fmt::format("{} ended with {}", line, ended.code)));
  else if (findings.empty())
    findings.push_back(whole_gate(
        "static", Judgement::unjudged,
        fmt::format("{} printed no finding: it has to print a line of --report jsonl for each "
                    "thing that it judges",
                    line)));
  return findings;
}

// A gate, ready to run.
struct Step {
  std::string gate;
  std::optional<Options> options;  // absent for an external gate
  bool needs_base;
  std::function<std::vector<Finding>()> judge;
};

// Throws std::invalid_argument for an invalid sweep, before any gate runs. Without a base the old
// side is this executable, with which nothing is compared.
std::vector<Step> steps_of(const Policy& policy, const Options& given) {
  const std::string old_text = given.gate.base.empty() ? "/proc/self/exe" : given.gate.base;
  std::vector<Step> steps;
  const auto options_of = [&](const std::string& table, const Arguments& line,
                              const Arguments& sweep) {
    Options options = parsed(table, line, sweep, given.verbs);
    options.quiet = given.quiet;
    return options;
  };
  if (policy.errors) {
    const Options options =
        options_of("errors", {"gate", "--errors", policy.errors->ledger}, policy.errors->sweep);
    steps.push_back({"errors", options, false, [=] { return judge_errors(options); }});
  }
  if (policy.speed) {
    const Options options = options_of("speed", {"ab", old_text}, policy.speed->sweep);
    steps.push_back(
        {"speed", options, true, [=] { return judge_speed(options, policy.speed->allowed); }});
  }
  if (policy.instructions) {
    const Options options =
        options_of("instructions", {"ab", old_text}, policy.instructions->sweep);
    steps.push_back({"instructions", options, true,
                     [=] { return judge_instructions(options, policy.instructions->rule); }});
  }
  if (policy.statics)
    steps.push_back({"static", std::nullopt, false, [=] { return external(*policy.statics); }});
  return steps;
}

// The reason if the sweep has no case here, without opening a checkpoint.
std::optional<std::string> why_no_case(const Step& step) {
  if (!step.options || step.options->sweep.suites.empty() || !step.options->weights.empty())
    return std::nullopt;
  try {
    selected_cases(*step.options);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return std::nullopt;
}

std::vector<Finding> run_step(const Step& step, const std::string& base) {
  if (step.needs_base && base.empty())
    return {whole_gate(step.gate, Judgement::skipped, "no --base OLD to compare with")};
  if (!step.options || !step.options->quiet) fmt::print(stderr, "qbench: gate {}\n", step.gate);
  try {
    return step.judge();
  } catch (const std::exception& error) {
    if (const auto why = why_no_case(step))
      return {whole_gate(step.gate, Judgement::unjudged, *why)};
    return {whole_gate(step.gate, Judgement::incomparable, error.what())};
  }
}

// Throws if the policy lacks a gate that was asked for.
void check_only(const std::vector<std::string>& only, const std::vector<Step>& steps) {
  std::vector<std::string> known;
  for (const Step& step : steps) known.push_back("[" + step.gate + "]");
  for (const std::string& gate : only)
    if (std::ranges::find(steps, gate, &Step::gate) == steps.end())
      throw std::invalid_argument(fmt::format("--gates {}: the policy has no [{}]; it has {}", gate,
                                              gate, fmt::join(known, ", ")));
}

}  // namespace

std::vector<Finding> judge_policy(const Policy& policy, const Options& options) {
  const std::vector<std::string>& only = options.gate.only;
  const std::vector<Step> steps = steps_of(policy, options);
  check_only(only, steps);
  std::vector<Finding> findings;
  for (const Step& step : steps) {
    if (interrupted()) break;
    if (!only.empty() && std::ranges::find(only, step.gate) == only.end()) continue;
    std::vector<Finding> found = run_step(step, options.gate.base);
    if (policy.errors && step.needs_base) leave_to_ledger(found);
    std::ranges::move(found, std::back_inserter(findings));
  }
  return findings;
}

void leave_to_ledger(std::vector<Finding>& findings) {
  for (Finding& finding : findings)
    if (finding.judgement == Judgement::breach && is_exact_figure(finding.field)) {
      finding.judgement = Judgement::skipped;
      finding.reason = "larger than the base's; [errors] judges that";
    }
}

int run_gate(const Options& options) {
  check_reports(options.gate);
  if (options.gate.update) check_writable(options.gate.errors);
  if (options.gate.policy.empty()) return tell(judge_errors(options), options.gate);
  const Policy policy = read_policy(options.gate.policy);
  return tell(judge_policy(policy, options), options.gate, policy.inconclusive_fails);
}

}  // namespace qbench
