// SPDX-License-Identifier: Apache-2.0
// A command line to what it asks for, in three steps: its text, the kernels, its meaning.
#pragma once

#include <optional>
#include <string>

#include "harness/cli/options.h"

namespace qbench {

// What to do: run with `options`, or (help, version, list, a mistake) print `out` and `err` and
// exit with `exit_code` at once.
struct Parsed {
  Options options;
  std::optional<int> exit_code;
  std::string out;  // for stdout
  std::string err;  // for stderr, one line without its newline
};

// parse (options_values.h), which has no effects; then the libraries of kernels are loaded; then
// options_of.
Parsed read_command(int argc, const char* const* argv, Verbs verbs);

}  // namespace qbench
