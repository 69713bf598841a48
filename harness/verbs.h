// SPDX-License-Identifier: Apache-2.0
// The table of verbs.
#pragma once

#include "harness/cli/verb.h"

namespace qbench {

// In the order of --help; the first row is the sweep, which needs no subcommand.
Verbs all_verbs();

}  // namespace qbench
