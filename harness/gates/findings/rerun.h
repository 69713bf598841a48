// SPDX-License-Identifier: Apache-2.0
// The lines that people copy to see a finding again.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/options.h"

namespace qbench {

// `command` with what it takes to run the subject again, as a shell takes it: the one case that it
// names, or else the whole sweep.
std::string rerun_line(std::vector<std::string> command, const Options& options,
                       const std::string& subject);

// "qbench ab OLD NEW", whose new side may be empty: this qbench.
std::vector<std::string> ab_command(const std::string& old_side, const std::string& new_side);

}  // namespace qbench
