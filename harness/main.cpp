// SPDX-License-Identifier: Apache-2.0
// qbench: the command.
#include <fmt/format.h>

#include <exception>

#include "harness/gates/ab.h"
#include "harness/gates/compare.h"
#include "harness/gates/gate.h"
#include "harness/selftest.h"
#include "harness/sweep.h"

namespace {

int run(const qbench::Options& options) {
  using qbench::Verb;
  switch (options.verb) {
    case Verb::gate:
      return qbench::run_gate(options);
    case Verb::ab:
      return qbench::run_ab(options);
    case Verb::compare:
      return qbench::run_compare(options);
    case Verb::selftest:
      return qbench::run_selftest();
    case Verb::sweep:
      break;
  }
  return qbench::run_sweep(options);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const qbench::Parsed parsed = qbench::parse_options(argc, argv);
    if (parsed.exit_code) {
      fmt::print("{}", parsed.out);
      if (!parsed.err.empty()) fmt::print(stderr, "{}\n", parsed.err);
      return *parsed.exit_code;
    }
    return run(parsed.options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "qbench: {}\n", error.what());
    return 1;
  }
}
