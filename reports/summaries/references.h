// SPDX-License-Identifier: Apache-2.0
// What the errors of real weights are against, where that is not what a reader would take for
// granted.
#pragma once

#include <span>
#include <string>

#include "reports/result.h"

namespace qbench {

// One line where modes were applied to weights that had been quantized before, or errors are
// against originals; or empty.
std::string references_note(std::span<const Result> results);

}  // namespace qbench
