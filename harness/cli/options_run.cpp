// SPDX-License-Identifier: Apache-2.0
// Interprets the options that say how each case is run.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/cli/option_texts.h"
#include "reference/simd/parallel.h"

namespace qbench {
namespace {

int threads(const std::string& text) {
  const int count = number("--threads", text, 1, "a positive whole number");
  const int cores = reference::usable_cores();
  if (count > cores)
    fail(
        fmt::format("--threads: {} are more than the {} cores that qbench may use: threads "
                    "that share a core spoil every time",
                    count, cores));
  return count;
}

double seconds(const char* option, const std::string& text) {
  const double value = number(option, text, 0., "a number of seconds");
  if (!std::isfinite(value))
    fail(std::string(option) + ": '" + text + "' is not a number of seconds");
  return value;
}

Isolate isolate(const std::string& text) {
  const Names names = {"none", "libraries", "all"};
  const auto found = std::ranges::find(names, text);
  if (found == names.end()) fail(unknown_name("choice of --isolate", text, names));
  return static_cast<Isolate>(found - names.begin());
}

}  // namespace

void set_run(Options& options, const RawOptions& raw) {
  options.count_instructions = raw.count_instructions;
  options.timed = !raw.no_time;
  if (raw.no_time && !raw.min_time.empty()) fail("--no-time times nothing: leave out --min-time");
  if (raw.no_time && raw.count_instructions)
    fail("--no-time runs each case once: leave out --count-instructions");
  if (!raw.threads.empty()) options.threads = threads(raw.threads);
  if (!raw.min_time.empty()) options.min_time = seconds("--min-time", raw.min_time);
  if (!raw.isolate.empty()) options.isolate = isolate(raw.isolate);
  if (!raw.case_timeout.empty()) options.case_timeout = seconds("--case-timeout", raw.case_timeout);
  if (!(options.case_timeout > 0)) fail("--case-timeout: 0 s are too few for any case");
  const bool any_apart = options.isolate == Isolate::all ||
                         (options.isolate == Isolate::libraries && !raw.kernel_libraries.empty());
  if (!raw.case_timeout.empty() && !any_apart)
    fail("--case-timeout is of cases in processes of their own: give --isolate");
}

}  // namespace qbench
