// SPDX-License-Identifier: Apache-2.0
// qbench: the command.
#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "harness/cli/interrupt.h"
#include "harness/cli/outputs.h"
#include "harness/cli/report_journals.h"
#include "harness/gates/ab/ab.h"
#include "harness/gates/compare.h"
#include "harness/gates/gate.h"
#include "harness/run/sweep.h"
#include "harness/selftest/selftest.h"
#include "reports/results/sections.h"

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
    case Verb::report:
      return qbench::run_report(options);
    case Verb::selftest:
      return qbench::run_selftest();
    case Verb::sweep:
      break;
  }
  return qbench::run_sweep(options);
}

int parse_and_run(int argc, char** argv) {
  const qbench::Parsed parsed = qbench::parse_options(argc, argv);
  for (const std::string& option : parsed.options.twice)
    fmt::print(stderr, "qbench: {} is given more than once: the last counts\n", option);
  if (!parsed.exit_code) return run(parsed.options);
  fmt::print("{}", parsed.out);
  if (!parsed.err.empty()) fmt::print(stderr, "{}\n", qbench::printable(parsed.err));
  return *parsed.exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  int code = 1;
  qbench::catch_interrupts();
  try {
    code = parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    if (!std::ferror(stdout))  // else it is told below
      fmt::print(stderr, "qbench: {}\n", qbench::printable(error.what()));
  }
  if (!qbench::close_stdout() && code == 0) code = 1;
  return qbench::with_interrupt(code);
}
