// SPDX-License-Identifier: Apache-2.0
// Checks of a command line that do not depend on values. All throw std::invalid_argument with one
// line that says what to do.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "harness/cli/options.h"

namespace qbench {

struct Subcommand {
  const VerbRow* verb;
  CLI::App* app;
};

// Names of the typed options of the sweep.
std::vector<std::string> given_options(const CLI::App& app);

// Single-valued options that were typed more than once; their last value counts.
std::vector<std::string> repeated_options(const CLI::App& app);

// The subcommand that was given, nullptr for a sweep. Rejects options that do not go with it.
const Subcommand* chosen(const std::vector<std::string>& given,
                         const std::vector<Subcommand>& subcommands);

// Rejects unknown words and options.
void refuse_extras(const CLI::App& app, const std::vector<Subcommand>& subcommands);

// Rejects options whose text is empty, as that of a variable which a script has not set.
void refuse_empty(const CLI::App& app);

// Rejects options that --case already determines.
void refuse_beside_case(const CLI::App& app);

}  // namespace qbench
