// SPDX-License-Identifier: Apache-2.0
// The self-test catches every fault, and says so when one is missed or health is suspected.
#include "harness/selftest/selftest.h"

#include <set>

#include "harness/selftest/faulty_trials.h"
#include "tests/catch.h"

namespace qbench {
namespace {

bool everywhere(Op, const Mode&) { return true; }

// Nothing is wrong.
std::unique_ptr<Trial> harmless(const Kernel& kernel, const Problem& problem) {
  return faulty::spoil_results(kernel, problem, {});
}

const Fault kHarmless = {"harmless", "nothing is wrong", everywhere, harmless};

SelftestRow row(bool injected, int cases, int caught) {
  SelftestRow out{.fault = injected ? "gain" : "none",
                  .operation = "matmul",
                  .injected = injected,
                  .cases = cases,
                  .caught = caught,
                  .how = {},
                  .missed = {}};
  for (int i = caught; i < cases; ++i) out.missed.push_back("case " + std::to_string(i));
  return out;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("every fault is caught at every operation and mode, and health passes") {
  const std::vector<SelftestRow> rows = selftest_faults();
  std::set<std::string> seen;
  for (const SelftestRow& r : rows) {
    CAPTURE(r.fault, r.operation, r.how, r.missed);
    CHECK(r.cases > 0);
    CHECK(r.caught == r.cases);
    CHECK(r.missed.empty());
    CHECK(r.how.empty() != r.injected);
    CHECK(r.fault.starts_with("clock-") == r.how.starts_with("the kernel's clock shows "));
    seen.insert(r.fault);
  }
  CHECK(seen.size() == 1 + all_faults().size());
  CHECK(report_selftest(rows) == 0);
}

TEST_CASE("a fault that does nothing is missed everywhere, and the result is not 0") {
  const std::vector<SelftestRow> rows = selftest_faults({kHarmless});
  int missed = 0;
  for (const SelftestRow& r : rows) {
    if (!r.injected) continue;
    CHECK(r.caught == 0);
    CHECK(r.missed.size() == all_modes().size());
    missed += r.cases;
  }
  CHECK(missed == static_cast<int>(std::size(kOperations) * all_modes().size()));
  CHECK(has(to_text(rows), "MISSED: gemm/mode:nf4/kernel:harmless/dtype:bf16/bs:64/m:5/"));
  CHECK(report_selftest(rows) == 2);
}

TEST_CASE("a fault that is skipped, not noticed, is missed") {
  Fault skipped = kHarmless;
  skipped.prepare = [](const Kernel&, const Problem&) -> std::unique_ptr<Trial> {
    throw DeviceOutOfMemory("no room");
  };
  for (const SelftestRow& r : selftest_faults({skipped}))
    CHECK(r.caught == (r.injected ? 0 : r.cases));
}

TEST_CASE("one miss, or health that is suspected, or nothing at all is not a success") {
  CHECK(report_selftest({row(true, 5, 5), row(false, 3, 3)}) == 0);
  CHECK(report_selftest({row(true, 5, 4), row(false, 3, 3)}) == 2);
  CHECK(report_selftest({row(true, 5, 5), row(false, 3, 2)}) == 2);
  CHECK(report_selftest({row(true, 5, 5)}) == 2);
  CHECK(report_selftest({row(false, 3, 3)}) == 2);
  CHECK(report_selftest({}) == 2);
}

TEST_CASE("the table counts faults and health, and names what was missed") {
  const std::string text = to_text({row(false, 3, 2), row(true, 5, 4)});
  CHECK(has(text, "fault  operation   cases  caught  how\n"));
  CHECK(has(text, "gain   matmul          5       4"));
  CHECK(has(text, "RAISED: case 2\n"));
  CHECK(has(text, "MISSED: case 4\n"));
  CHECK(text.ends_with("5 faults injected, 4 caught; 3 healthy cases, 2 passed\n"));
}

TEST_CASE("faults have names of their own, and each applies to a case that there is") {
  std::set<std::string_view> names;
  for (const Fault& fault : all_faults()) {
    names.insert(fault.name);
    CHECK(&find_fault(fault.name) == &fault);
  }
  CHECK(names.size() == all_faults().size());
  CHECK_THROWS_AS(find_fault("no-such"), std::out_of_range);
}

}  // namespace qbench
