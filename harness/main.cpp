// SPDX-License-Identifier: Apache-2.0
// The main program of qbench.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>

#include "harness/cli/command.h"
#include "harness/output/outputs.h"
#include "harness/process/interrupt.h"
#include "harness/verbs.h"
#include "reports/text/text.h"

namespace {

int run(const qbench::Options& options) {
  return std::ranges::find(options.verbs, options.verb, &qbench::VerbRow::verb)->run(options);
}

int parse_and_run(int argc, char** argv) {
  const qbench::Parsed parsed = qbench::read_command(argc, argv, qbench::all_verbs());
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
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "qbench: there is not enough memory for this: ask for less at once\n");
  } catch (const std::exception& error) {
    if (!std::ferror(stdout))  // otherwise close_stdout reports it
      fmt::print(stderr, "qbench: {}\n", qbench::printable(error.what()));
  }
  if (!qbench::close_stdout() && code == 0) code = 1;
  return qbench::with_interrupt(code);
}
