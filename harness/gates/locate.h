// SPDX-License-Identifier: Apache-2.0
// Where in a change people should look for what was found.
#pragma once

#include <span>
#include <string>

#include "reports/finding.h"

namespace qbench {

// Points findings that fail at a line that `base`..working tree adds: of a file that names the mode
// or the kernel of the subject, else of a kernel or the reference, else of any file. GitHub shows
// annotations beside the diff only on lines of it. Findings stay as they are where base is no
// revision here or nothing changed.
void locate(std::span<Finding> findings, const std::string& base);

}  // namespace qbench
