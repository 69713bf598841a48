// SPDX-License-Identifier: Apache-2.0
// Finding: the judgement of a gate about one figure of one subject. Reports of findings are
// functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qbench {

// Ordered from good to bad: reports sort by this order.
enum class Judgement {
  same,          // equal (errors), or proven to be within the threshold (speed)
  fast,          // faster, or fewer instructions, by more than the threshold
  recorded,      // changed, and recorded as the new state
  traded,        // slower, but allowed by the policy for a gain
  skipped,       // not judged, for a reason
  unjudged,      // a gate that should have judged something but had nothing to judge
  inconclusive,  // neither a change nor its absence is proven
  clock,         // a GPU's seconds and cycles disagree
  incomparable,  // one side lacks the figure, or has it under other conditions
  slow,          // slower by more than the threshold
  breach         // any other violation: errors, instructions, registers, ...
};
inline constexpr const char* kJudgementNames[] = {
    "SAME",         "FAST",  "RECORDED",     "TRADED", "SKIPPED", "UNJUDGED",
    "INCONCLUSIVE", "CLOCK", "INCOMPARABLE", "SLOW",   "BREACH"};
constexpr const char* name(Judgement judgement) {
  return kJudgementNames[static_cast<int>(judgement)];
}

// True if anything was judged: all but SKIPPED and UNJUDGED.
constexpr bool is_judged(Judgement judgement) {
  return judgement != Judgement::skipped && judgement != Judgement::unjudged;
}
// True if people may want to reproduce it: all but SAME and FAST.
constexpr bool is_worth_a_rerun(Judgement judgement) {
  return judgement != Judgement::same && judgement != Judgement::fast;
}

struct Finding {
  std::string gate;  // "errors", "speed", "instructions", "static"
  Judgement judgement;
  std::string subject = {};  // the id of a case, a suite's geometric mean, a compiled kernel
  std::string field = {};    // the figure: "codes", "seconds", "registers"; may be empty
  std::string before = {}, after = {};  // the figure as text; empty if a side lacks it
  std::string reason = {};              // further explanation in one line; may be empty
  std::string command = {};             // reruns the subject; may be empty
  std::string file = {};                // relevant file, relative to the repository; may be empty
  int line = 0;                         // line of the file; 0: none
};

// A finding about a whole gate: its subject is the gate itself.
Finding whole_gate(const std::string& gate, Judgement judgement, const std::string& reason);
bool is_whole_gate(const Finding& finding);

// The first that applies:
//   2  errors
//   3  speed, instructions or static gates
//   5  not comparable
//   4  inconclusive, if inconclusive_fails
//   1  a gate is UNJUDGED, or nothing at all was judged
//   0  otherwise
int exit_code(std::span<const Finding> findings, bool inconclusive_fails = true);

// The length of a report: one page for people, or every finding in full as well.
enum class Detail { brief, full };

// A format of findings. Only the text report depends on `detail`: comments are always brief, and
// formats for programs always contain every finding in full.
struct FindingReport {
  std::string_view name;     // what --report takes
  std::string_view summary;  // one line for --help
  std::string (*write)(std::span<const Finding>, Detail detail);
};
std::span<const FindingReport> finding_reports();

// Parses the output of report "jsonl". Throws std::invalid_argument, "line N: ...".
std::vector<Finding> read_findings(std::string_view text);

}  // namespace qbench
