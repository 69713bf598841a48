// SPDX-License-Identifier: Apache-2.0
// The entry of one case in a ledger.
#pragma once

#include "harness/gates/errors/ledger.h"
#include "reports/result.h"
#include "suites/inputs/inputs.h"

namespace qbench {

// The entry of a case that passed: hashes of codes and scales, and bits per parameter and errors of
// the weights as hex floats. Products add the largest bound and, except on a GPU, errors to 9
// digits.
Entry entry_of(const Case& c, Inputs& inputs, const Result& result);

}  // namespace qbench
