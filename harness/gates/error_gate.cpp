// SPDX-License-Identifier: Apache-2.0
// The error gate: run, compare, record.
#include "harness/gates/error_gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "harness/gates/ledger_entry.h"
#include "harness/gates/process.h"
#include "harness/progress.h"
#include "harness/run.h"
#include "reference/parallel.h"
#include "reports/report.h"

namespace qbench {
namespace {

constexpr std::string_view kComment =
    "What cases came to, exactly: `qbench gate --errors` compares, with --update it records.";

bool has_kernels(std::string_view device) {
  const std::string_view kind = device.substr(0, device.find(':'));
  return std::ranges::find(all_kernels(), kind, &Kernel::device) != all_kernels().end();
}

// A judge of one ledger.
class ErrorGate {
 public:
  explicit ErrorGate(const Options& options)
      : options_(options),
        file_(options.gate.errors),
        ledger_(options.gate.update && !std::filesystem::exists(file_) ? Ledger()
                                                                       : read_ledger(file_)) {}
  std::vector<Finding> judge() {
    const bool of_ledger = options_.sweep.suites.empty();
    for (const Case& c : measure(of_ledger ? cases_of_ledger() : selected_cases(options_)))
      compare(c.id());
    if (not_here_ > 0) tell_absent();
    if (options_.gate.update) record();
    return std::move(findings_);
  }

 private:
  std::vector<Case> cases_of_ledger();
  void add_case(const std::string& id, std::vector<Case>& cases);
  std::vector<Case> measure(const std::vector<Case>& cases);
  void compare(const std::string& id);
  void tell(Judgement judgement, const std::string& id, const std::string& reason,
            const Difference& difference = {});
  void tell_absent();
  void record();

  const Options& options_;
  const std::string& file_;
  Ledger ledger_, found_;
  std::vector<std::string> gone_;  // cases that there are no longer
  int not_here_ = 0;               // cases of the ledger whose device is not here
  std::vector<Finding> findings_;
};

// Unless the device is not here.
void ErrorGate::add_case(const std::string& id, std::vector<Case>& cases) {
  const Sweep sweep = sweep_of(std::string_view(id));
  if (!has_kernels(sweep.devices.front())) {
    ++not_here_;
    return;
  }
  const std::vector<Case> all = expand(sweep);
  const auto found = std::ranges::find(all, id, &Case::id);
  if (found == all.end()) throw std::invalid_argument("there is no such case");
  cases.push_back(*found);
}

std::vector<Case> ErrorGate::cases_of_ledger() {
  std::vector<Case> cases;
  for (const auto& [id, entry] : ledger_) {
    try {
      add_case(id, cases);
    } catch (const std::invalid_argument& error) {
      gone_.push_back(id);
      tell(
          options_.gate.update ? Judgement::recorded : Judgement::breach, id,
          std::string(error.what()) + (options_.gate.update ? ": dropped" : ": --update drops it"));
    }
  }
  return cases;
}

// The cases that passed; why others did not is a breach where the ledger knows them.
std::vector<Case> ErrorGate::measure(const std::vector<Case>& cases) {
  std::vector<Case> passed;
  Inputs inputs(nullptr);
  Progress progress(cases.size(), options_.quiet);
  for (const Case& c : cases) {
    const std::string id = c.id();
    progress.begin(id);
    const Result result =
        run(c, inputs, {.timed = false, .memory_bytes = std::numeric_limits<double>::infinity()});
    if (result.status == Status::passed) {
      found_[id] = entry_of(c, inputs, result);
      passed.push_back(c);
    } else if (result.status != Status::skipped || ledger_.contains(id)) {
      tell(Judgement::breach, id, result.reason,
           {"status", "passed", kStatusNames[static_cast<int>(result.status)]});
    }
  }
  return passed;
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
    finding.command = shell_line({"qbench", "gate", "--errors", file_, "--case", id});
    finding.file = file_;
    finding.line = line_of(file_, id);
  }
  findings_.push_back(std::move(finding));
}

void ErrorGate::tell_absent() {
  tell(found_.empty() ? Judgement::incomparable : Judgement::skipped, file_,
       fmt::format("cases of devices that are not here: {}", not_here_));
}

void ErrorGate::record() {
  for (const std::string& id : gone_) ledger_.erase(id);
  for (const auto& [id, entry] : found_) ledger_[id] = entry;
  write_file(file_, ledger_text(ledger_, kComment));
}

}  // namespace

std::vector<Finding> judge_errors(const Options& options) {
  if (options.threads) reference::set_thread_count(options.threads);
  return ErrorGate(options).judge();
}

}  // namespace qbench
