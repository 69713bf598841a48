// SPDX-License-Identifier: Apache-2.0
// Runs cases, compares them with the ledger and records them.
#include "harness/gates/errors/error_gate.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <memory>

#include "harness/cli/option_scope.h"
#include "harness/gates/errors/ledger_cases.h"
#include "harness/gates/errors/ledger_entry.h"
#include "harness/gates/findings/rerun.h"
#include "harness/output/progress.h"
#include "harness/process/interrupt.h"
#include "harness/process/process.h"
#include "harness/run/isolate.h"
#include "harness/run/real_weights.h"
#include "harness/run/run.h"
#include "harness/sweep/selection.h"
#include "reference/simd/parallel.h"
#include "reports/file.h"
#include "reports/findings/findings.h"

namespace qbench {
namespace {

constexpr std::string_view kComment =
    "What cases came to, exactly: `qbench gate --errors` compares, with --update it records.";

Ledger ledger_of(const GateOptions& gate) {
  const std::string& file = gate.errors;
  if (std::filesystem::is_directory(file))
    throw NothingToJudge(file + " is a folder: name the file of a ledger");
  if (gate.update && !std::filesystem::exists(file)) return {};
  if (std::filesystem::exists(file) && !std::filesystem::is_regular_file(file))
    throw NothingToJudge(file + " is no plain file: name the file of a ledger");
  Ledger ledger = read_ledger(file);
  if (ledger.empty() && !gate.update)
    throw NothingToJudge(file + " holds no case: record some with --suite and --update");
  return ledger;
}

// The line that reruns a case which no longer exists, and so cannot be given to --case.
std::string rerun_gone(const std::string& file, const std::string& id) {
  return shell_line(
      {"qbench", "gate", "--errors", file, "--filter", "^" + RE2::QuoteMeta(id) + "$"});
}

// Judges the cases of one ledger.
class ErrorGate {
 public:
  // `checkpoint` holds the tensors of the sweep; nullptr if there are none.
  ErrorGate(const Options& options, const Checkpoint* checkpoint)
      : options_(options),
        file_(options.gate.errors),
        ledger_(ledger_of(options.gate)),
        inputs_(checkpoint) {}
  std::vector<Finding> judge();

 private:
  std::vector<Case> cases();
  void tell_gone();
  void judge_case(const Case& c);
  void compare(const std::string& id);
  void tell(Judgement judgement, const std::string& id, const std::string& reason,
            const Difference& difference = {});
  void tell_left_out(int count, const std::string& reason);
  bool judged_any() const;
  std::string why_unjudged() const;
  void record();

  const Options& options_;
  const std::string& file_;
  Ledger ledger_, found_;
  Inputs inputs_;
  LedgerCases of_ledger_;  // empty with --suite
  std::vector<Finding> findings_;
};

std::vector<Finding> ErrorGate::judge() {
  const std::vector<Case> all = cases();
  Progress progress(all.size(), options_.quiet);
  for (const Case& c : all) {
    if (interrupted()) break;
    progress.begin(c.id());
    judge_case(c);
  }
  tell_left_out(of_ledger_.not_here, "cases of devices that are not here");
  tell_left_out(of_ledger_.unweighted, "cases of real tensors, which need --weights FILE");
  if (!judged_any() && std::ranges::none_of(findings_, is_open))
    findings_.push_back(whole_gate("errors", Judgement::unjudged, why_unjudged()));
  if (options_.gate.update && judged_any()) record();
  return std::move(findings_);
}

std::string ErrorGate::why_unjudged() const {
  if (interrupted()) return "interrupted before the first case";
  if (findings_.empty()) return "there is no case to judge: name some with --suite";
  return "all of it was skipped: " + findings_.front().reason;
}

bool ErrorGate::judged_any() const {
  return std::ranges::any_of(findings_, [](const Finding& f) { return is_judged(f.judgement); });
}

std::vector<Case> ErrorGate::cases() {
  if (options_.sweep.suites.empty()) {
    of_ledger_ = cases_of(ledger_, options_);
    tell_gone();
    refuse_unused(options_, of_ledger_.cases);
    return of_ledger_.cases;
  }
  std::vector<Case> cases;
  try {
    cases = selected_cases(options_);
  } catch (const std::runtime_error& error) {
    throw NothingToJudge(error.what());
  }
  tell_notes(options_, cases);
  std::erase_if(cases, std::mem_fn(&Case::is_stored));  // no quantizer made them
  if (std::erase_if(cases, [](const Case& c) { return c.model != nullptr; }) && cases.empty())
    throw NothingToJudge("the errors of a whole model are those of its layers: name suite gemv");
  return cases;
}

void ErrorGate::tell_gone() {
  const bool update = options_.gate.update;
  for (const Gone& gone : of_ledger_.gone)
    tell(update ? Judgement::recorded : Judgement::breach, gone.id,
         gone.why + (update ? ": dropped" : ": --update drops it"));
}

// A skipped case is a breach if the ledger has it.
void ErrorGate::judge_case(const Case& c) {
  const std::string id = c.id();
  const RunOptions how{.timed = false, .memory_bytes = std::numeric_limits<double>::infinity()};
  const Result result = is_isolated(c, options_) ? run_isolated(c, options_) : run(c, inputs_, how);
  if (result.status == Status::passed) {
    found_[id] = entry_of(c, inputs_, result);
    compare(id);
  } else if (result.status == Status::skipped && !ledger_.contains(id)) {
    tell(Judgement::skipped, id, result.reason);
  } else {
    tell(Judgement::breach, id, result.reason,
         {"status", "passed", kStatusNames[static_cast<int>(result.status)]});
  }
}

void ErrorGate::compare(const std::string& id) {
  const Judgement changed = options_.gate.update ? Judgement::recorded : Judgement::breach;
  const auto before = ledger_.find(id);
  if (before == ledger_.end())
    return tell(changed, id, options_.gate.update ? "new in the ledger" : "is not in the ledger");
  const std::vector<Difference> all = differences(before->second, found_[id]);
  for (const Difference& difference : all) tell(changed, id, "", difference);
  if (all.empty()) tell(Judgement::same, id, "");
}

void ErrorGate::tell(Judgement judgement, const std::string& id, const std::string& reason,
                     const Difference& difference) {
  Finding finding{.gate = "errors",
                  .judgement = judgement,
                  .subject = id,
                  .field = difference.field,
                  .before = difference.before,
                  .after = difference.after,
                  .reason = reason};
  if (judgement == Judgement::breach) {
    finding.command = std::ranges::find(of_ledger_.gone, id, &Gone::id) == of_ledger_.gone.end()
                          ? rerun_line({"qbench", "gate", "--errors", file_}, options_, id)
                          : rerun_gone(file_, id);
    finding.file = file_;
    finding.line = line_of(file_, id);
  }
  findings_.push_back(std::move(finding));
}

// Reports cases that could not run here. If nothing was judged, the gate is INCOMPARABLE.
void ErrorGate::tell_left_out(int count, const std::string& reason) {
  if (count == 0) return;
  const std::string text = fmt::format("{}: {}", reason, count);
  if (judged_any())
    tell(Judgement::skipped, file_, text);
  else
    findings_.push_back(whole_gate("errors", Judgement::incomparable, text));
}

void ErrorGate::record() {
  for (const Gone& gone : of_ledger_.gone) ledger_.erase(gone.id);
  for (const auto& [id, entry] : found_) ledger_[id] = entry;
  write_file(file_, ledger_text(ledger_, kComment));
}

void tell_unusable(const Checkpoint& checkpoint, std::vector<Finding>& findings) {
  for (const Tensor& tensor : checkpoint.tensors())
    if (const std::string why = tensor.unusable(); !why.empty())
      findings.push_back({.gate = "errors",
                          .judgement = Judgement::skipped,
                          .subject = fmt::format("tensor \"{}\"", tensor.name),
                          .reason = why});
}

}  // namespace

std::vector<Finding> judge_errors(const Options& given) {
  Options options = given;
  if (options.threads) reference::set_thread_count(options.threads);
  try {
    const std::unique_ptr<Checkpoint> checkpoint = open_weights(options);
    options.timed = false;
    std::vector<Finding> findings = ErrorGate(options, checkpoint.get()).judge();
    if (checkpoint) tell_unusable(*checkpoint, findings);
    return findings;
  } catch (const NothingToJudge& why) {
    return {whole_gate("errors", Judgement::unjudged, why.what())};
  }
}

}  // namespace qbench
