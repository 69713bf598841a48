// SPDX-License-Identifier: Apache-2.0
// Runs cases with and without faults through the same run() as every sweep, and makes their table.
#include "harness/selftest/selftest.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "harness/run/run.h"
#include "reference/simd/parallel.h"

namespace qbench {
namespace {

constexpr RunOptions kOptions = {.min_time = 0,
                                 .memory_bytes = std::numeric_limits<double>::infinity()};

const Kernel& healthy_kernel(Op op) {
  return *std::ranges::find_if(
      all_kernels(), [&](const Kernel& k) { return k.op == op && k.name == "reference"; });
}

// At this shape rows have several groups, a short one among them.
Case case_of(const Kernel& kernel, const Mode& mode) {
  Case c;
  c.suite = &*std::ranges::find_if(all_suites(), [&](const Suite& s) {
    return s.op == kernel.op && s.m != std::vector<std::int64_t>{1};
  });
  c.mode = &mode;
  c.kernel = &kernel;
  c.dtype = operation(kernel.op).has_dtype ? mode.dtype : Dtype::fp32;
  c.block_size = mode.block_size;
  c.shape = {operation(kernel.op).has_x ? 5 : 0, 24, 208};
  c.rank = operation(kernel.op).has_adapter ? 3 : 0;
  return c;
}

bool raised(const Result& r) {
  return (r.status == Status::wrong || r.status == Status::error) && !r.seconds;
}

void add(SelftestRow& row, const Result& r) {
  ++row.cases;
  const bool good = row.injected ? raised(r) : r.status == Status::passed;
  if (row.how.empty()) row.how = r.reason;
  if (good)
    ++row.caught;
  else
    row.missed.push_back(r.reason.empty() ? r.id : r.id + ": " + r.reason);
}

SelftestRow run_modes(const Fault* fault, Op op, Inputs& inputs) {
  const Kernel& healthy = healthy_kernel(op);
  const Kernel kernel = fault ? faulty_kernel(healthy, *fault) : healthy;
  SelftestRow row{.fault = std::string(fault ? fault->name : "none"),
                  .operation = std::string(name(op)),
                  .injected = fault != nullptr,
                  .how = {},
                  .missed = {}};
  for (const Mode* mode : all_modes())
    if (!fault || fault->applies(op, *mode))
      add(row, run(case_of(kernel, *mode), inputs, kOptions));
  return row;
}

// --- The table

std::string shortened(const std::string& text) {
  constexpr std::size_t kMost = 70;
  return text.size() <= kMost ? text : text.substr(0, kMost - 3) + "...";
}

// Widths of the first two columns.
struct Widths {
  std::size_t fault = 5, operation = 10;
};

std::string line_of(const SelftestRow& row, const Widths& wide) {
  return fmt::format("{:<{}}  {:<{}}  {:>5}  {:>6}  {}\n", row.fault, wide.fault, row.operation,
                     wide.operation, row.cases, row.caught, shortened(row.how));
}

struct Totals {
  int faults = 0, caught = 0, healthy = 0, passed = 0;
  bool good() const { return faults > 0 && caught == faults && healthy > 0 && passed == healthy; }
};

Totals totals_of(const std::vector<SelftestRow>& rows) {
  Totals out;
  for (const SelftestRow& row : rows) {
    (row.injected ? out.faults : out.healthy) += row.cases;
    (row.injected ? out.caught : out.passed) += row.caught;
  }
  return out;
}

}  // namespace

std::vector<SelftestRow> selftest_faults(const std::vector<Fault>& faults) {
  const reference::WithThreads one(1);  // more threads would not speed up small cases
  Inputs inputs(nullptr);
  std::vector<SelftestRow> rows;
  for (const Operation& each : kOperations) rows.push_back(run_modes(nullptr, each.op, inputs));
  for (const Fault& fault : faults)
    for (const Operation& each : kOperations)
      if (SelftestRow row = run_modes(&fault, each.op, inputs); row.cases > 0)
        rows.push_back(std::move(row));
  return rows;
}

std::string to_text(const std::vector<SelftestRow>& rows) {
  Widths wide;
  for (const SelftestRow& row : rows) {
    wide.fault = std::max(wide.fault, row.fault.size());
    wide.operation = std::max(wide.operation, row.operation.size());
  }
  std::string out = fmt::format("{:<{}}  {:<{}}  {:>5}  {:>6}  {}\n", "fault", wide.fault,
                                "operation", wide.operation, "cases", "caught", "how");
  for (const SelftestRow& row : rows) out += line_of(row, wide);
  for (const SelftestRow& row : rows)
    for (const std::string& id : row.missed)
      out += fmt::format("{}: {}\n", row.injected ? "MISSED" : "RAISED", id);
  const Totals t = totals_of(rows);
  return out + fmt::format("{} faults injected, {} caught; {} healthy cases, {} passed\n", t.faults,
                           t.caught, t.healthy, t.passed);
}

int report_selftest(const std::vector<SelftestRow>& rows) {
  fmt::print("{}", to_text(rows));
  return totals_of(rows).good() ? 0 : 2;
}

int run_selftest() { return report_selftest(selftest_faults()); }

}  // namespace qbench
