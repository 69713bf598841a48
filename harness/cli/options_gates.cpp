// SPDX-License-Identifier: Apache-2.0
// Interprets the options of gate, ab and compare.
#include <algorithm>
#include <filesystem>

#include "harness/cli/option_scope.h"
#include "harness/cli/option_texts.h"
#include "suites/axes.h"

namespace qbench {
namespace {

const FindingReport* find_finding_report(std::string_view name) {
  const auto found = std::ranges::find(finding_reports(), name, &FindingReport::name);
  return found == finding_reports().end() ? nullptr : &*found;
}

// Parses "5%" or "0.05".
std::optional<double> threshold(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const bool percent = text.back() == '%';
  const double value = number("--threshold", percent ? text.substr(0, text.size() - 1) : text, 0.,
                              "a share of the time, as in 5% or 0.05");
  const double share = percent ? value / 100 : value;
  if (!(share < 1)) fail("--threshold: '" + text + "' is all of the time: give 5% or 0.05");
  return share;
}

std::vector<std::string> gates(const std::string& text) {
  const Names known = {"errors", "speed", "instructions", "static"};
  const Names names = text.empty() ? Names() : split_list("--gates", text);
  for (const std::string& name : names)
    if (std::ranges::find(known, name) == known.end()) fail(unknown_name("gate", name, known));
  return names;
}

}  // namespace

GateOptions gate_options(const RawOptions& raw, Verb verb) {
  GateOptions gate{
      .errors = raw.errors,
      .update = raw.update,
      .policy = raw.policy,
      .base = raw.base,
      .old_text = raw.old_text,
      .new_text = raw.new_text,
      .base_journal = raw.base_journal,
      .new_journal = raw.new_journal,
      .threshold = threshold(raw.threshold),
      .calibrate = raw.calibrate,
      .instructions = raw.instructions,
      .only = gates(raw.gates),
      .reports = reports<FindingReport>(raw, finding_reports, find_finding_report, "text")};
  if (verb == Verb::gate && gate.policy.empty() && gate.errors.empty())
    fail("nothing to gate: give --errors LEDGER or --policy FILE");
  if (verb == Verb::gate && gate.policy.empty() && !gate.base.empty())
    fail("--base is compared with what a policy names: give --policy FILE, or see qbench ab");
  if (!gate.only.empty() && gate.policy.empty())
    fail("--gates are of a policy: give --policy FILE");
  if (gate.update && gate.errors.empty()) fail("--update records a ledger: give --errors LEDGER");
  if (verb == Verb::ab && std::filesystem::exists(raw.journal))
    fail("--journal: " + raw.journal + " exists: give another name");
  if (!gate.policy.empty() && !gate.errors.empty())
    fail("--policy names the ledger itself: leave out --errors");
  if (gate.calibrate && !gate.new_text.empty())
    fail("--calibrate compares one side with itself: give one side");
  if (gate.calibrate && gate.instructions)
    fail("--calibrate is of times: leave out --instructions");
  return gate;
}

bool is_library(const std::string& side) {
  return std::filesystem::path(side).extension() == ".so" && std::filesystem::is_regular_file(side);
}

std::vector<std::string> arguments_of_case(const Options& options, const std::string& id) {
  static const std::set<std::string_view> of_real = {"--weights", "--against", "--layout"};
  const bool is_real = IdParts(id).find("tensor").has_value();
  const auto is_open = [&](const std::string& option) {
    const OptionScope* scope = find_scope(option);
    const bool told = option == "--case" || (scope != nullptr && scope->in_id);
    return !told && (is_real || !of_real.contains(option));
  };
  std::vector<std::string> arguments = {"--case", id};
  const std::vector<std::string>& sweep = options.sweep_arguments;
  for (std::size_t i = 0; i + 1 < sweep.size(); i += 2)
    if (is_open(sweep[i])) arguments.insert(arguments.end(), {sweep[i], sweep[i + 1]});
  return arguments;
}

}  // namespace qbench
