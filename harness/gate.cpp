// SPDX-License-Identifier: Apache-2.0
// The error gate: run, compare, tell.
#include "harness/gate.h"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <set>

#include "harness/environment.h"
#include "harness/progress.h"
#include "harness/run.h"
#include "reports/report.h"

namespace qbench {
namespace {

constexpr int kBreach = 2, kCannotCompare = 5;

// What is other than the ledger says, of one case.
struct Difference {
  std::string id, what;
};
using Differences = std::vector<Difference>;

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

// Appends the case of an id, unless its device is not here.
void add_case(const std::string& id, std::vector<Case>& cases, int& not_here) {
  const Sweep sweep = sweep_of(std::string_view(id));
  if (!has_kernels(sweep.devices.front())) {
    ++not_here;
    return;
  }
  const std::vector<Case> all = expand(sweep);
  const auto found = std::ranges::find(all, id, &Case::id);
  if (found == all.end()) throw std::invalid_argument("there is no such case");
  cases.push_back(*found);
}

std::vector<Case> cases_of(const Ledger& ledger, Differences& breaches, int& not_here) {
  std::vector<Case> cases;
  for (const auto& [id, entry] : ledger) {
    try {
      add_case(id, cases, not_here);
    } catch (const std::invalid_argument& error) {
      breaches.push_back({id, error.what()});
    }
  }
  return cases;
}

// What cases came to; why they came to nothing is a breach where the ledger knows them.
Ledger measure(const std::vector<Case>& cases, const Ledger& known, Differences& breaches) {
  Ledger found;
  Inputs inputs(nullptr);
  Progress progress(cases.size());
  for (const Case& c : cases) {
    const std::string id = c.id();
    progress.begin(id);
    const Result result =
        run(c, inputs, {.min_time = 0, .memory_bytes = std::numeric_limits<double>::infinity()});
    if (result.status == Status::passed)
      found[id] = entry_of(c, inputs, result);
    else if (result.status != Status::skipped || known.contains(id))
      breaches.push_back({id, fmt::format("{}: {}", kStatusNames[static_cast<int>(result.status)],
                                          result.reason)});
  }
  return found;
}

Differences compare(const Ledger& known, const Ledger& found) {
  Differences all;
  for (const auto& [id, entry] : found) {
    const auto before = known.find(id);
    if (before == known.end()) {
      all.push_back({id, "is not in the ledger"});
      continue;
    }
    for (std::string& what : differences(before->second, entry))
      all.push_back({id, std::move(what)});
  }
  return all;
}

void tell(const char* word, const Differences& all) {
  for (const Difference& each : all) fmt::print("{} {} {}\n", word, each.id, each.what);
}

// How to see each case of them alone again.
void tell_commands(const Differences& all, const std::string& file) {
  std::set<std::string> ids;
  for (const Difference& each : all) ids.insert(each.id);
  for (const std::string& id : ids)
    fmt::print("rerun: qbench gate --errors {} --case {}\n", file, id);
}

}  // namespace

Entry entry_of(const Case& c, Inputs& inputs, const Result& result) {
  Entry entry;
  const QuantizedMatrix& q = inputs.quantized(c);
  entry["codes"] = hash_of(q.codes);
  entry["scales"] = hash_of_scales(q);
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

int run_error_gate(const Options& options) {
  if (options.threads) omp_set_num_threads(options.threads);
  const std::string& file = options.errors;
  const bool fresh = options.update && !std::filesystem::exists(file);
  Ledger ledger = fresh ? Ledger() : read_ledger(file);
  Differences breaches;
  int not_here = 0;
  const std::vector<Case> cases =
      options.sweep.suites.empty() ? cases_of(ledger, breaches, not_here) : selected_cases(options);
  const Ledger found = measure(cases, ledger, breaches);
  const Differences changes = compare(ledger, found);
  tell("BREACH", breaches);
  tell(options.update ? "recorded" : "BREACH", changes);
  tell_commands(breaches, file);
  if (!options.update) tell_commands(changes, file);
  if (options.update) {
    for (const auto& [id, entry] : found) ledger[id] = entry;
    write_file(file, ledger_text(ledger));
  }
  fmt::print("{} cases; breaches: {}, changes: {}", found.size(), breaches.size(), changes.size());
  if (not_here > 0) fmt::print("; not run, their device is not here: {}", not_here);
  fmt::print("\n");
  if (!breaches.empty() || (!options.update && !changes.empty())) return kBreach;
  return cases.empty() && not_here > 0 ? kCannotCompare : 0;
}

}  // namespace qbench
