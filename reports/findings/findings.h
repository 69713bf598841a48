// SPDX-License-Identifier: Apache-2.0
// Functions that reports of findings share: order, words and counts.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/findings/finding.h"

namespace qbench {

using Findings = std::vector<const Finding*>;

struct Gate {
  std::string name;
  Findings findings;
};
// The gates, in the order of their first finding.
std::vector<Gate> gates_of(std::span<const Finding> findings);

// Sorts the worst first, and gate "errors" before others of the same judgement.
Findings worst_first(std::span<const Finding> findings);

// True if people have to look at it: the exit code of the finding alone is not 0.
bool is_open(const Finding& finding);

// "3 SAME, 1 SLOW"
std::string counts(const Findings& findings);

// The exit code in words: "failed: 2 errors changed, 1 row slower", "not comparable: ...",
// "inconclusive: ...", "nothing was judged: ..." or "passed: ...".
std::string verdict(std::span<const Finding> findings);

// "48 -> 49"; "48" if nothing changed; "none" for a side without a value; empty if neither has one.
std::string change(const Finding& finding);

// "SUBJECT FIELD: 48 -> 49 (reason)" without the empty parts. A sentence for a whole gate: "could
// not be judged: REASON".
std::string described(const Finding& finding);

// The commands that rerun findings, each once; those that are SAME have none.
std::vector<std::string> commands(const Findings& findings);

}  // namespace qbench
