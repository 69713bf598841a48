// SPDX-License-Identifier: Apache-2.0
// The cases of a ledger, ready to run.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "harness/cli/options.h"
#include "harness/gates/errors/ledger.h"

namespace qbench {

// Why a gate has nothing to judge, and what to do.
struct NothingToJudge : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Gone {
  std::string id, why;
};

struct LedgerCases {
  std::vector<Case> cases;
  std::vector<Gone> gone;  // cases that there are no longer
  int not_here = 0;        // cases whose device is not here
  int unweighted = 0;      // cases of real tensors, without --weights
};

// Those that the options of the sweep leave; real tensors are options.sweep.tensors. Throws
// NothingToJudge where the ledger has none of them.
LedgerCases cases_of(const Ledger& ledger, const Options& options);

}  // namespace qbench
