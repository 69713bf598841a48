// SPDX-License-Identifier: Apache-2.0
// What the command refuses before it looks at values. All throw std::invalid_argument with one line
// that says what to do.
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

// Names of the sweep's options that were typed.
std::vector<std::string> given_options(const CLI::App& app);

// Options of one value that were typed more than once, of whose values the last counts.
std::vector<std::string> repeated_options(const CLI::App& app);

// Which subcommand was given, none for a sweep; refuses options that do not go with it.
const Subcommand* chosen(const std::vector<std::string>& given,
                         const std::vector<Subcommand>& subcommands);

// Refuses words and options that nothing takes.
void refuse_extras(const CLI::App& app, const std::vector<Subcommand>& subcommands);

// Refuses options that say again what --case says whole.
void refuse_beside_case(const CLI::App& app);

}  // namespace qbench
