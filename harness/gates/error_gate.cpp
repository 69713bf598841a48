// SPDX-License-Identifier: Apache-2.0
// The error gate: run, compare, record.
#include "harness/gates/error_gate.h"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <limits>

#include "harness/gates/process.h"
#include "harness/progress.h"
#include "harness/run.h"
#include "reference/stored_numbers.h"
#include "reports/report.h"

namespace qbench {
namespace {

constexpr std::string_view kComment =
    "What cases came to, exactly: `qbench gate --errors` compares, with --update it records.";

// FNV-1a, 64 bits, over several pieces.
class Hash {
 public:
  void add(const Buffer<std::byte>& bytes) {
    for (const std::byte b : bytes)
      value_ = (value_ ^ static_cast<std::uint64_t>(b)) * 0x100000001b3;
  }
  std::string text() const { return fmt::format("{:016x}", value_); }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325;
};

std::string hash_of(const Buffer<std::byte>& bytes) {
  Hash hash;
  hash.add(bytes);
  return hash.text();
}

std::string hash_of_scales(const QuantizedMatrix& q) {
  Hash hash;
  for (const auto* bytes : {&q.scales.numbers, &q.scales.outer, &q.scales.offset, &q.zeros.numbers})
    hash.add(*bytes);
  return hash.text();
}

// Of what 8-bit scales mean: a mean is added to it, in which the last bits of small values are
// lost.
std::string hash_of_scale_map() {
  const auto bytes = std::as_bytes(reference::dynamic_map());
  return hash_of({bytes.begin(), bytes.end()});
}

// By printf: versions of fmt differ in the exponent of 0.
void add_exact(Entry& entry, const char* field, const std::optional<double>& value) {
  if (!value) return;
  char text[32];
  std::snprintf(text, sizeof text, "%a", *value);
  entry[field] = text;
}
void add_digits(Entry& entry, const char* field, const std::optional<double>& value) {
  if (value) entry[field] = fmt::format("{:.8e}", *value);
}

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
        fresh_(options.gate.update && !std::filesystem::exists(file_)),
        ledger_(fresh_ ? Ledger() : read_ledger(file_)) {}
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
  bool fresh_;
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
  Progress progress(cases.size());
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

Entry entry_of(const Case& c, Inputs& inputs, const Result& result) {
  Entry entry;
  const QuantizedMatrix& q = inputs.quantized(c);
  entry["codes"] = hash_of(q.codes);
  entry["scales"] = hash_of_scales(q);
  if (c.mode->scaling.storage == Storage::dynamic8) entry["scale_map"] = hash_of_scale_map();
  add_exact(entry, "bits_per_param", result.bits_per_param);
  add_exact(entry, "weight_nmse", result.weight_nmse);
  add_exact(entry, "weight_max_error", result.weight_max_error);
  if (c.suite->op != Op::matmul) return entry;
  const auto& bounds = inputs.expected(c).bound.values;
  add_digits(entry, "largest_bound", *std::ranges::max_element(bounds));
  if (c.device.starts_with("cuda")) return entry;  // sums there have an order of their own
  add_digits(entry, "output_nmse", result.output_nmse);
  add_digits(entry, "kernel_error", result.kernel_error);
  return entry;
}

std::vector<Finding> judge_errors(const Options& options) {
  if (options.threads) omp_set_num_threads(options.threads);
  return ErrorGate(options).judge();
}

}  // namespace qbench
