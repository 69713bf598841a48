// SPDX-License-Identifier: Apache-2.0
// qbench: the command.
#include <fmt/format.h>

#include <exception>

#include "harness/gate.h"
#include "harness/sweep.h"

int main(int argc, char** argv) {
  try {
    const qbench::Parsed parsed = qbench::parse_options(argc, argv);
    if (parsed.exit_code) {
      fmt::print("{}", parsed.out);
      if (!parsed.err.empty()) fmt::print(stderr, "{}\n", parsed.err);
      return *parsed.exit_code;
    }
    return parsed.options.errors.empty() ? qbench::run_sweep(parsed.options)
                                         : qbench::run_error_gate(parsed.options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "qbench: {}\n", error.what());
    return 1;
  }
}
