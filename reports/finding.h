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
  inconclusive,  // neither a change nor its absence is shown
  clock,         // a GPU's time and its cycles do not tell the same
  incomparable,  // one side has no such figure, or not under these conditions
  slow,          // slower by more than the threshold
  breach         // any other thing that may not be: errors, instructions, registers, ...
};
inline constexpr const char* kJudgementNames[] = {
    "SAME",         "FAST",  "RECORDED",     "TRADED", "SKIPPED",
    "INCONCLUSIVE", "CLOCK", "INCOMPARABLE", "SLOW",   "BREACH"};
constexpr const char* name(Judgement judgement) {
  return kJudgementNames[static_cast<int>(judgement)];
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

// 0; 2 errors, 3 speed (instructions and static gates too), 5 not comparable, 4 inconclusive, which
// may count as 0: of several the first of these.
int exit_code(std::span<const Finding> findings, bool inconclusive_fails = true);

// How findings are told.
struct FindingReport {
  std::string_view name;     // what --report takes
  std::string_view summary;  // one line for --help
  std::string (*write)(std::span<const Finding>);
};
std::span<const FindingReport> finding_reports();

// The lines of JSON that report "jsonl" writes. Throws std::invalid_argument, "line N: ...".
std::vector<Finding> read_findings(std::string_view text);

}  // namespace qbench
