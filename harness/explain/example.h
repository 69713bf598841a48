// SPDX-License-Identifier: Apache-2.0
// A small matrix, quantized: the bytes of each plane, and what they say.
#pragma once

#include "harness/explain/page.h"
#include "reference/mode.h"

namespace qbench {

// Adds the paragraph: a line for the weights, for each plane that the format has, and for the
// weights that come back. The first of each are shown.
void add_example(const Mode& mode, Page& page);

}  // namespace qbench
