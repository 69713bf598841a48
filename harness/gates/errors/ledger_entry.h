// SPDX-License-Identifier: Apache-2.0
// What a ledger says of one case.
#pragma once

#include "harness/gates/errors/ledger.h"
#include "reports/result.h"
#include "suites/inputs/inputs.h"

namespace qbench {

// What the ledger keeps of a case that passed: hashes of codes and scales, bits per parameter and
// errors of the weights as hex floats; of products the largest bound and, but on a GPU, errors to 9
// digits.
Entry entry_of(const Case& c, Inputs& inputs, const Result& result);

}  // namespace qbench
