// SPDX-License-Identifier: Apache-2.0
// The gates of a policy, one after the other.
#include "harness/gates/gate.h"

#include <fmt/format.h>

#include <functional>
#include <stdexcept>

#include "harness/gates/ab.h"
#include "harness/gates/error_gate.h"
#include "harness/gates/instruction_gate.h"
#include "harness/gates/locate.h"
#include "harness/gates/process.h"
#include "harness/gates/tell.h"

namespace qbench {
namespace {

constexpr int kInconclusive = 4;

Finding whole_gate(const std::string& gate, Judgement judgement, const std::string& reason) {
  return {.gate = gate, .judgement = judgement, .subject = gate, .reason = reason};
}

// What the command line would make of it. Throws std::invalid_argument.
Options parsed(Arguments line, const Arguments& sweep) {
  line.insert(line.begin(), "qbench");
  line.insert(line.end(), sweep.begin(), sweep.end());
  std::vector<const char*> pointers;
  for (const std::string& argument : line) pointers.push_back(argument.c_str());
  const Parsed parsed = parse_options(static_cast<int>(pointers.size()), pointers.data());
  if (parsed.exit_code) throw std::invalid_argument(parsed.err);
  return parsed.options;
}

std::vector<Finding> speed(const Policy::Speed& gate, const std::string& base) {
  return judge_speed(parsed({"ab", base}, gate.sweep), gate.allowed);
}

std::vector<Finding> instructions(const Policy::Instructions& gate, const std::string& base) {
  return judge_speed(parsed({"ab", base, "--instructions"}, gate.sweep),
                     {.threshold = gate.threshold, .trade = gate.trade});
}

std::vector<Finding> external(const Policy::External& gate) {
  const Ended ended = run_process({.arguments = gate.command});
  std::vector<Finding> findings = read_findings(ended.out);
  if (findings.empty())
    throw std::runtime_error(fmt::format("{} ended with {} and found nothing: {}",
                                         shell_line(gate.command), ended.code,
                                         last_line(ended.err)));
  return findings;
}

class Collector {
 public:
  explicit Collector(const std::string& base) : base_(base) {}
  // A gate that needs a base is skipped where there is none.
  void add(const std::string& gate, bool needs_base,
           const std::function<std::vector<Finding>()>& judge) {
    if (needs_base && base_.empty())
      return all_.push_back(whole_gate(gate, Judgement::skipped, "no --base OLD to compare with"));
    try {
      const std::vector<Finding> findings = judge();
      all_.insert(all_.end(), findings.begin(), findings.end());
    } catch (const std::runtime_error& error) {
      all_.push_back(whole_gate(gate, Judgement::incomparable, error.what()));
    }
  }
  std::vector<Finding> all() && { return std::move(all_); }

 private:
  const std::string& base_;
  std::vector<Finding> all_;
};

}  // namespace

std::vector<Finding> judge_policy(const Policy& policy, const Options& options) {
  const std::string& base = options.gate.old_side;
  Collector findings(base);
  if (policy.errors)
    findings.add("errors", false, [&] {
      return judge_errors(
          parsed({"gate", "--errors", policy.errors->ledger}, policy.errors->sweep));
    });
  if (policy.speed) findings.add("speed", true, [&] { return speed(*policy.speed, base); });
  if (policy.instructions)
    findings.add("instructions", true, [&] { return instructions(*policy.instructions, base); });
  if (policy.statics) findings.add("static", false, [&] { return external(*policy.statics); });
  return std::move(findings).all();
}

int run_gate(const Options& options) {
  if (options.gate.policy.empty()) return tell(judge_errors(options), options.gate);
  const Policy policy = read_policy(options.gate.policy);
  std::vector<Finding> findings = judge_policy(policy, options);
  locate(findings, options.gate.old_side);
  const int code = tell(findings, options.gate);
  return code == kInconclusive && !policy.inconclusive_fails ? 0 : code;
}

}  // namespace qbench
