// SPDX-License-Identifier: Apache-2.0
// The cases that a command line asks for.
#include <re2/re2.h>

#include <stdexcept>

#include "harness/cli/options.h"
#include "reports/text/text.h"

namespace qbench {
namespace {

std::string why_empty(const Options& options, const std::vector<Case>& all) {
  if (options.only_case.empty())
    return "no case matches --filter '" + options.filter + "'; see --dry-run";
  std::string why = "--case " + options.only_case + ": there is no such case here";
  for (const Case& c : all)
    if (c.mode == options.sweep.modes.front() && !c.skip.empty()) return why + ": " + c.skip;
  return why + "; --dry-run prints those that there are";
}

}  // namespace

std::vector<Case> selected_cases(const Options& options) {
  const RE2 filter(options.filter);
  const std::string& only = options.only_case;
  const auto named = [&](const std::string& id) {
    return only.empty() || id == only || printable(id) == only;
  };
  const std::vector<Case> all = expand(options.sweep);
  std::vector<Case> selected;
  for (const Case& c : all) {
    const std::string id = c.id();
    if (named(id) && RE2::PartialMatch(id, filter)) selected.push_back(c);
  }
  if (selected.empty()) throw std::runtime_error(why_empty(options, all));
  return selected;
}

}  // namespace qbench
