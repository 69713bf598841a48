// SPDX-License-Identifier: Apache-2.0
// Finding: what a gate came to, of one figure of one subject. Reports of findings are functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qbench {

// From what is well to what is not.
enum class Judgement {
  same,          // equal (errors), or shown to be within the threshold (speed)
  fast,          // faster, or fewer instructions, by more than the threshold
  recorded,      // other than before, and recorded as the new state
  traded,        // slower, but the policy allows it for what was gained
  skipped,       // not judged, for a reason
  unjudged,      // a gate that had nothing to judge where it should have had
  inconclusive,  // neither a change nor its absence is shown
  clock,         // a GPU's time and its cycles do not tell the same
  incomparable,  // one side has no such figure, or not under these conditions
  slow,          // slower by more than the threshold
  breach         // any other thing that may not be: errors, instructions, registers, ...
};
inline constexpr const char* kJudgementNames[] = {
    "SAME",         "FAST",  "RECORDED",     "TRADED", "SKIPPED", "UNJUDGED",
    "INCONCLUSIVE", "CLOCK", "INCOMPARABLE", "SLOW",   "BREACH"};
constexpr const char* name(Judgement judgement) {
  return kJudgementNames[static_cast<int>(judgement)];
}

// Whether anything was judged: all but SKIPPED and UNJUDGED.
constexpr bool is_judged(Judgement judgement) {
  return judgement != Judgement::skipped && judgement != Judgement::unjudged;
}
// Whether people may want to see it again: all but SAME and FAST.
constexpr bool is_worth_a_rerun(Judgement judgement) {
  return judgement != Judgement::same && judgement != Judgement::fast;
}

struct Finding {
  std::string gate;  // "errors", "speed", "instructions", "static"
  Judgement judgement;
  std::string subject = {};  // the id of a case, a suite's geometric mean, a compiled kernel
  std::string field = {};    // the figure: "codes", "seconds", "registers"; may be empty
  std::string before = {}, after = {};  // of it, as text; empty where there is none
  std::string reason = {};              // what else there is to say, in one line; may be empty
  std::string command = {};             // that runs it again; may be empty
  std::string file = {};  // where people should look, from the root of the tree; may be empty
  int line = 0;           // in it; 0: none
};

// A gate as a whole: its subject is the gate itself.
Finding whole_gate(const std::string& gate, Judgement judgement, const std::string& reason);
bool is_whole_gate(const Finding& finding);

// 2 errors, 3 speed (instructions and static gates too), 5 not comparable, 4 inconclusive, which
// may count as 0, 1 where a gate is UNJUDGED or nothing at all was judged: of several the first of
// these; else 0.
int exit_code(std::span<const Finding> findings, bool inconclusive_fails = true);

// For people, who read a page, or with each finding in full besides.
enum class Detail { brief, full };

// How findings are told. A terminal and a comment are brief; formats that programs read have each
// finding in full whatever `detail` says.
struct FindingReport {
  std::string_view name;     // what --report takes
  std::string_view summary;  // one line for --help
  std::string (*write)(std::span<const Finding>, Detail detail);
};
std::span<const FindingReport> finding_reports();

// The lines of JSON that report "jsonl" writes. Throws std::invalid_argument, "line N: ...".
std::vector<Finding> read_findings(std::string_view text);

}  // namespace qbench
