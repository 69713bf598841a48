// SPDX-License-Identifier: Apache-2.0
// The gates of a policy, one after the other.
#include "harness/gates/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <stdexcept>

#include "harness/gates/ab.h"
#include "harness/gates/error_gate.h"
#include "harness/gates/locate.h"
#include "harness/gates/process.h"
#include "harness/gates/tell.h"

namespace qbench {
namespace {

Finding whole_gate(const std::string& gate, Judgement judgement, const std::string& reason) {
  return {.gate = gate, .judgement = judgement, .subject = gate, .reason = reason};
}

// What the command line would make of it. Throws std::invalid_argument that names the table.
Options parsed(const std::string& table, Arguments line, const Arguments& sweep) {
  line.insert(line.begin(), "qbench");
  line.insert(line.end(), sweep.begin(), sweep.end());
  std::vector<const char*> pointers;
  for (const std::string& argument : line) pointers.push_back(argument.c_str());
  const Parsed parsed = parse_options(static_cast<int>(pointers.size()), pointers.data());
  if (!parsed.exit_code) return parsed.options;
  const std::string why = parsed.err.substr(std::min(parsed.err.find(' ') + 1, parsed.err.size()));
  throw std::invalid_argument(fmt::format("the policy's [{}]: {}", table, why));
}

// Nothing but its findings is read from stdout; what it says on stderr is shown as it comes.
std::vector<Finding> external(const Policy::External& gate) {
  const Ended ended = run_process({.arguments = gate.command, .show_stderr = true});
  std::vector<Finding> findings = read_findings(ended.out);
  if (findings.empty() || (ended.code != 0 && exit_code(findings) == 0))
    findings.push_back(
        whole_gate("static", Judgement::incomparable,
                   fmt::format("{} ended with {}", shell_line(gate.command), ended.code)));
  return findings;
}

// A gate, ready to run.
struct Step {
  std::string gate;
  bool needs_base;
  std::function<std::vector<Finding>()> judge;
};

// Throws std::invalid_argument for a sweep that is none, before any gate runs. Without a base the
// old side is this executable: it is not compared with.
std::vector<Step> steps_of(const Policy& policy, const std::string& base) {
  const std::string old_side = base.empty() ? "/proc/self/exe" : base;
  std::vector<Step> steps;
  if (policy.errors) {
    const Options options =
        parsed("errors", {"gate", "--errors", policy.errors->ledger}, policy.errors->sweep);
    steps.push_back({"errors", false, [=] { return judge_errors(options); }});
  }
  if (policy.speed) {
    const Options options = parsed("speed", {"ab", old_side}, policy.speed->sweep);
    steps.push_back({"speed", true, [=] { return judge_speed(options, policy.speed->allowed); }});
  }
  if (policy.instructions) {
    const Options options = parsed("instructions", {"ab", old_side}, policy.instructions->sweep);
    steps.push_back({"instructions", true,
                     [=] { return judge_instructions(options, policy.instructions->rule); }});
  }
  if (policy.statics) steps.push_back({"static", false, [=] { return external(*policy.statics); }});
  return steps;
}

std::vector<Finding> run_step(const Step& step, const std::string& base) {
  if (step.needs_base && base.empty())
    return {whole_gate(step.gate, Judgement::skipped, "no --base OLD to compare with")};
  fmt::print(stderr, "qbench: gate {}\n", step.gate);
  try {
    return step.judge();
  } catch (const std::exception& error) {
    return {whole_gate(step.gate, Judgement::incomparable, error.what())};
  }
}

}  // namespace

std::vector<Finding> judge_policy(const Policy& policy, const GateOptions& options) {
  std::vector<Finding> findings;
  for (const Step& step : steps_of(policy, options.old_side)) {
    if (!options.only.empty() && std::ranges::find(options.only, step.gate) == options.only.end())
      continue;
    for (Finding& finding : run_step(step, options.old_side))
      findings.push_back(std::move(finding));
  }
  return findings;
}

int run_gate(const Options& options) {
  if (options.gate.policy.empty()) return tell(judge_errors(options), options.gate);
  const Policy policy = read_policy(options.gate.policy);
  std::vector<Finding> findings = judge_policy(policy, options.gate);
  locate(findings, options.gate.old_side);
  return tell(findings, options.gate, policy.inconclusive_fails);
}

}  // namespace qbench
