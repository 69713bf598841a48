// SPDX-License-Identifier: Apache-2.0
// gate: cases against what a ledger says of them. Exact: there is no threshold to tune.
#pragma once

#include "harness/ledger.h"
#include "harness/options.h"
#include "harness/problem.h"
#include "reports/result.h"

namespace qbench {

// What the ledger keeps of a case that passed: hashes of codes and scales, bits per parameter and
// errors of the weights as hex floats; of products the largest bound and, but on a GPU, errors to 9
// digits.
Entry entry_of(const Case& c, Inputs& inputs, const Result& result);

// `qbench gate --errors LEDGER`: the cases of the sweep or, where none is asked for, those of the
// ledger whose device is here. Prints what differs and how to run it again. Returns 0; 2 where
// anything differs, unless --update recorded it, or a case fails; 5 where no case could be run.
int run_error_gate(const Options& options);

}  // namespace qbench
