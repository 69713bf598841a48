// SPDX-License-Identifier: Apache-2.0
// The exit codes of a sweep, and which of several comes first. That of an interrupted one is in
// command_test.cpp, those of gates are in tests/reports/findings/findings_test.cpp.
#include "tests/harness/sweep/sweeps.h"

namespace qbench {
namespace {

using namespace test;

// How the products of a mode end.
enum class Fate { right, wrong, failed };

class WithFates {
 public:
  WithFates(Fate nf4, Fate int8)
      : healthy_(reference_kernel(Op::matmul)), product_([this, nf4, int8](const Problem& problem) {
          const std::string_view mode = problem.mode->name;
          return prepare(problem, mode == "nf4" ? nf4 : mode == "int8" ? int8 : Fate::right);
        }) {}

 private:
  std::unique_ptr<Trial> prepare(const Problem& problem, Fate fate) const {
    if (fate == Fate::failed) throw std::runtime_error("out of luck");
    return fate == Fate::right ? healthy_.prepare(problem)
                               : faulty_kernel(healthy_, find_fault("one-sign")).prepare(problem);
  }
  const Kernel healthy_;
  const WithProductBy product_;
};

struct Row {
  Fate nf4, int8;
  std::vector<DeviceId> devices;
  bool written;  // all reports
  int code;
};

void check(const Row& row) {
  const SweepFolder folder;
  const WithFates fates(row.nf4, row.int8);
  Options options = tiny(folder);
  options.sweep.devices = row.devices;
  // It can be opened, so that it is found too late.
  if (!row.written) options.reports.push_back({find_report("csv"), "/dev/full"});
  CAPTURE(static_cast<int>(row.nf4), static_cast<int>(row.int8), row.devices.size(), row.written);
  CHECK(run_sweep(options) == row.code);
  CHECK_FALSE(folder.lines("journal.jsonl").empty());
  CHECK_FALSE(folder.lines("table.csv").empty());
}

}  // namespace

TEST_CASE("a wrong row comes before an error row, and an error row before what went well") {
  const std::vector<DeviceId> cpu = {{DeviceKind::cpu}};
  for (const Row& row :
       {Row{Fate::right, Fate::right, cpu, true, 0}, Row{Fate::right, Fate::failed, cpu, true, 1},
        Row{Fate::failed, Fate::right, cpu, true, 1}, Row{Fate::wrong, Fate::right, cpu, true, 2},
        Row{Fate::wrong, Fate::failed, cpu, true, 2}, Row{Fate::failed, Fate::wrong, cpu, true, 2}})
    check(row);
}

TEST_CASE("a report that is not written is an error, but a wrong row comes before it") {
  const std::vector<DeviceId> cpu = {{DeviceKind::cpu}};
  check({Fate::right, Fate::right, cpu, false, 1});
  check({Fate::wrong, Fate::right, cpu, false, 2});
}

TEST_CASE("77 is for GPU cases alone that have no GPU, where nothing else went wrong") {
  if (!cuda_status().devices.empty()) QBENCH_SKIP("this machine has a GPU");
  const std::vector<DeviceId> gpu = {{DeviceKind::cuda}};
  const std::vector<DeviceId> both = {{DeviceKind::cpu}, {DeviceKind::cuda}};
  check({Fate::right, Fate::right, gpu, true, 77});
  check({Fate::right, Fate::right, gpu, false, 1});
  check({Fate::right, Fate::right, both, true, 0});
  check({Fate::failed, Fate::right, both, true, 1});
  check({Fate::wrong, Fate::failed, both, true, 2});
}

}  // namespace qbench
