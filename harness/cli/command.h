// SPDX-License-Identifier: Apache-2.0
// Reads a command line in three steps: its text, the kernel libraries, its meaning.
#pragma once

#include <optional>
#include <string>

#include "harness/cli/options.h"

namespace qbench {

// Either `options` to run with or, for help, version, list and mistakes, an `exit_code` to exit
// with at once after printing `out` and `err`.
struct Parsed {
  Options options;
  std::optional<int> exit_code;
  std::string out;  // for stdout
  std::string err;  // for stderr, one line without its newline
};

// Calls parse, which has no side effects, loads the kernel libraries and calls options_of
// (options_values.h).
Parsed read_command(int argc, const char* const* argv, Verbs verbs);

}  // namespace qbench
