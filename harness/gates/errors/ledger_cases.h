// SPDX-License-Identifier: Apache-2.0
// The cases of a ledger, ready to run.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "harness/cli/options.h"
#include "harness/gates/errors/ledger.h"

namespace qbench {

// Thrown if a gate has nothing to judge, with the reason and what to do.
struct NothingToJudge : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Gone {
  std::string id, why;
};

struct LedgerCases {
  std::vector<Case> cases;
  std::vector<Gone> gone;  // cases that no longer exist
  int not_here = 0;        // number of cases whose device is missing
  int unweighted = 0;      // number of cases of real tensors, without --weights
};

// The cases of the ledger that match the options of the sweep; options.sweep.tensors holds the real
// tensors. Throws NothingToJudge if none matches.
LedgerCases cases_of(const Ledger& ledger, const Options& options);

}  // namespace qbench
