// SPDX-License-Identifier: Apache-2.0
// The targets, for their table.
#pragma once

#include "harness/convert/targets/target.h"

namespace qbench {

extern const Target kToBitsandbytes, kToDequantized, kToGguf;

}  // namespace qbench
