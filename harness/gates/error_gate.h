// SPDX-License-Identifier: Apache-2.0
// gate: cases against what a ledger says of them. Exact: there is no threshold to tune.
#pragma once

#include "harness/gates/ledger.h"
#include "harness/options.h"
#include "harness/problem.h"
#include "reports/finding.h"
#include "reports/result.h"

namespace qbench {

// What the ledger keeps of a case that passed: hashes of codes and scales, bits per parameter and
// errors of the weights as hex floats; of products the largest bound and, but on a GPU, errors to 9
// digits.
Entry entry_of(const Case& c, Inputs& inputs, const Result& result);

// Compares the cases of the sweep or, where none is asked for, those of the ledger whose device is
// here, with options.gate.errors. A finding for each case that is the SAME and for each figure that
// is not: BREACH, or RECORDED with --update, which writes the ledger anew, without cases that there
// are no longer.
std::vector<Finding> judge_errors(const Options& options);

}  // namespace qbench
