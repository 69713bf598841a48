// SPDX-License-Identifier: Apache-2.0
// The command lines that reproduce a finding.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/options.h"

namespace qbench {

// `command` with the arguments that rerun the subject, quoted for a shell: the one case that it
// names, otherwise the whole sweep.
std::string rerun_line(std::vector<std::string> command, const Options& options,
                       const std::string& subject);

// "qbench ab OLD NEW"; an empty new side means this qbench.
std::vector<std::string> ab_command(const std::string& old_text, const std::string& new_text);

}  // namespace qbench
