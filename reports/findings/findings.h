// SPDX-License-Identifier: Apache-2.0
// What reports of findings share: their order, their words and their counts.
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
// In the order of their first finding.
std::vector<Gate> gates_of(std::span<const Finding> findings);

// The worst first, those of gate "errors" before others of the same judgement.
Findings worst_first(std::span<const Finding> findings);

// Whether people have to look at it: INCONCLUSIVE and all that is worse.
bool is_open(const Finding& finding);

// "3 SAME, 1 SLOW"
std::string counts(const Findings& findings);

// "failed: 2 errors changed, 1 row slower", "not comparable: ...", "inconclusive: ...", "nothing
// was judged: ..." or "passed: ...", as exit_code has it.
std::string verdict(std::span<const Finding> findings);

// "48 -> 49"; "48" where nothing changed; "none" where one side has no value; empty for neither.
std::string change(const Finding& finding);

// "SUBJECT FIELD: 48 -> 49 (reason)", without what is empty; of a gate as a whole a sentence:
// "could not be judged: REASON".
std::string described(const Finding& finding);

// The commands that run findings again, each once; none of those that are SAME.
std::vector<std::string> commands(const Findings& findings);

}  // namespace qbench
