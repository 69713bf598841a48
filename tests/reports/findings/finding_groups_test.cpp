// SPDX-License-Identifier: Apache-2.0
// Findings of one cause are one line, with the largest change in words, on at most a page.
#include "reports/findings/finding_groups.h"

#include "reports/findings/finding_change.h"
#include "tests/catch.h"

namespace qbench {
namespace {

Finding change(const std::string& field, const std::string& before, const std::string& after) {
  return {.gate = "errors",
          .judgement = Judgement::breach,
          .subject = "case",
          .field = field,
          .before = before,
          .after = after};
}

std::string words(const std::string& field, const std::string& before, const std::string& after) {
  const auto growth = growth_of(change(field, before, after));
  return growth ? growth_words(field, *growth) : "none";
}

// So many cases of a mode, the last of which changed most.
std::vector<Finding> of_mode(const std::string& mode, int count, const std::string& field) {
  std::vector<Finding> findings;
  for (int i = 1; i <= count; ++i) {
    Finding finding = change(field, "100", std::to_string(100 + i));
    finding.subject = "gemm/mode:" + mode + "/kernel:reference/n:" + std::to_string(i);
    finding.command = "rerun " + finding.subject;
    findings.push_back(finding);
  }
  return findings;
}

std::string text(const std::vector<Finding>& findings, Detail detail = Detail::brief) {
  return finding_reports()[0].write(findings, detail);
}

std::ptrdiff_t lines(const std::string& text) { return std::ranges::count(text, '\n'); }

TEST_CASE("mean squared errors change by decibels, times by speed, all else by size") {
  CHECK(words("weight_nmse", "0.01", "0.0103") == "0.13 dB worse");
  CHECK(words("output_nmse", "1.03e-02", "1e-02") == "0.13 dB better");
  CHECK(words("weight_nmse", "0x1p-7", "0x1p-6") == "3 dB worse");
  CHECK(words("weight_nmse", "0x1.0000001p-7", "0x1.0000002p-7") == "less than 0.01 dB worse");
  CHECK(words("weight_max_error", "1", "1.031") == "3.1 % larger");
  CHECK(words("bits_per_param", "4.5", "4.25") == "5.6 % smaller");
  CHECK(words("seconds", "1.00 ms", "1.25 ms") == "25 % slower");
  CHECK(words("registers", "4", "100") == "25 times as large");
}

TEST_CASE("0 is exact, and what has no number in one unit has no words") {
  CHECK(words("weight_nmse", "0x0p+0", "0x1p-9") == "no longer exact");
  CHECK(words("kernel_error", "0.5", "0") == "0 now");
  CHECK(words("weight_nmse", "0.5", "0x1p-1") == "");
  CHECK(words("codes", "1234567890123456", "1234567890123457") == "none");
  CHECK(words("weight_nmse", "", "0.5") == "none");
  CHECK(words("weight_nmse", "0.5", "nan") == "none");
  CHECK(words("weight_nmse", "-0.5", "0.5") == "none");
  CHECK(words("seconds", "1 ms", "1 us") == "none");
}

TEST_CASE("a part of an id is none of the tensor's name") {
  CHECK(id_part("gemm/mode:nf4/kernel:a/n:1", "kernel") == "a");
  CHECK(id_part("gemm/mode:nf4/n:1/tensor:x/kernel:b", "kernel") == "");
  CHECK(id_part("sm_90 gemv/nf4", "mode") == "");
}

TEST_CASE("findings of a mode, a kernel and a field are one line with the worst of them") {
  std::vector<Finding> findings = of_mode("nf4", 30, "weight_max_error");
  for (const Finding& finding : of_mode("fp4", 2, "codes")) findings.push_back(finding);
  const std::string told = text(findings);
  CHECK(told ==
        "BREACH errors: 30 cases of nf4, kernel reference, weight_max_error: 100 -> 130 (30 % "
        "larger at most; as gemm/mode:nf4/kernel:reference/n:30)\n"
        "BREACH errors: 2 cases of fp4, kernel reference, codes: 100 -> 101 (as "
        "gemm/mode:fp4/kernel:reference/n:1)\n"
        "rerun: rerun gemm/mode:nf4/kernel:reference/n:30\n"
        "rerun: rerun gemm/mode:fp4/kernel:reference/n:1\n"
        "errors: 32 BREACH\n");
}

TEST_CASE("a group that went both ways says so, and its example is one that grew") {
  std::vector<Finding> findings = of_mode("nf4", 2, "weight_nmse");
  findings[0].after = "50";
  const auto groups = groups_of({&findings[0], &findings[1]});
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].example == &findings[1]);
  CHECK(remark_of(groups[0]).starts_with("0.086 dB worse at most, others up to 3 dB better"));
}

TEST_CASE("what differs in judgement, kernel, mode, field, reason or status is told apart") {
  const Finding one = of_mode("nf4", 1, "status")[0];
  std::vector<Finding> findings(7, one);
  findings[1].judgement = Judgement::recorded;
  findings[2].subject = "gemm/mode:nf4/kernel:auto/n:1";
  findings[3].subject = "gemm/mode:fp4/kernel:reference/n:1";
  findings[4].field = "scales";
  findings[5].field = "";
  findings[6].after = "wrong";
  Findings all;
  for (const Finding& finding : findings) all.push_back(&finding);
  CHECK(groups_of(all).size() == 7);
  findings[6].field = "";
  findings[6].reason = "another";
  CHECK(groups_of(all).size() == 7);
  findings[6].reason = "";
  CHECK(groups_of(all).size() == 6);
}

TEST_CASE("a page has 50 lines of findings and of what runs them again") {
  std::vector<Finding> findings;
  for (int i = 0; i < 100; ++i)
    for (const Finding& finding : of_mode("m" + std::to_string(i), 3, "codes"))
      findings.push_back(finding);
  const std::string told = text(findings);
  CHECK(lines(told) == 52);
  CHECK(told.find("left out here: 75 more groups of 225 findings;") != told.npos);
  CHECK(lines(text(of_mode("nf4", 5000, "codes"))) == 3);
}

TEST_CASE("where kernels are too many for a page, a mode is one line, in annotations too") {
  std::vector<Finding> findings;
  for (int i = 0; i < 40; ++i)
    for (Finding& finding : of_mode("nf4", 3, "codes")) {
      finding.subject.replace(finding.subject.find("reference"), 9, "k" + std::to_string(i));
      finding.command.clear();
      findings.push_back(finding);
    }
  CHECK(lines(text(findings)) == 41);
  CHECK(lines(finding_reports()[3].write(findings, Detail::brief)) == 1);
  for (Finding& finding : findings) finding.command = "rerun " + finding.subject;
  CHECK(text(findings).starts_with("BREACH errors: 120 cases of nf4, 40 kernels, codes: "));
  CHECK(lines(text(findings)) == 3);
}

TEST_CASE("a file has each finding in full after the groups") {
  const std::vector<Finding> findings = of_mode("nf4", 60, "codes");
  const std::string brief = text(findings), full = text(findings, Detail::full);
  CHECK(full.starts_with(brief));
  CHECK(lines(full) == lines(brief) + 2 + 120);
}

TEST_CASE("ratios have a row each while these fit") {
  const auto speed = [](int count) {
    std::vector<Finding> findings = of_mode("nf4", count, "seconds");
    for (Finding& finding : findings) {
      finding.gate = "speed";
      finding.judgement = Judgement::same;
      finding.command.clear();
    }
    return findings;
  };
  CHECK(lines(text(speed(50))) == 53);
  const std::string grouped = text(speed(51));
  CHECK(lines(grouped) == 4);
  CHECK(grouped.find("SAME       51 cases of nf4, kernel reference") != grouped.npos);
}

}  // namespace
}  // namespace qbench
