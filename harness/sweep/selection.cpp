// SPDX-License-Identifier: Apache-2.0
// The filters of a command line, and the error if no case passes them.
#include "harness/sweep/selection.h"

#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "reports/text/text.h"

namespace qbench {
namespace {

CaseFilter matches(const std::string& regex) {
  return [pattern = std::make_shared<const RE2>(regex)](const Case& c) {
    return RE2::PartialMatch(c.id(), *pattern);
  };
}

// True for the id itself or the form that --dry-run prints.
CaseFilter is_named(const std::string& wanted) {
  return [wanted](const Case& c) {
    const std::string id = c.id();
    return id == wanted || printable(id) == wanted;
  };
}

std::string why_empty(const Options& options, const std::vector<Case>& all) {
  if (options.only_case.empty())
    return "no case matches --filter '" + options.filter + "'; see --dry-run";
  std::string why = "--case " + options.only_case + ": there is no such case here";
  for (const Case& c : all)
    if (c.mode == options.sweep.modes.front() && !c.skip.empty()) return why + ": " + c.skip;
  return why + "; --dry-run prints those that there are";
}

}  // namespace

std::vector<CaseFilter> filters_of(const Options& options) {
  std::vector<CaseFilter> filters;
  if (!options.only_case.empty()) filters.push_back(is_named(options.only_case));
  if (!options.filter.empty()) filters.push_back(matches(options.filter));
  return filters;
}

std::vector<Case> filtered(const std::vector<Case>& cases, std::span<const CaseFilter> filters) {
  std::vector<Case> left = cases;
  for (const CaseFilter& stays : filters)
    std::erase_if(left, [&](const Case& c) { return !stays(c); });
  return left;
}

std::vector<Case> selected_cases(const Options& options) {
  const std::vector<Case> all = expand(options.sweep, *options.kernels, cuda_status());
  std::vector<Case> selected = filtered(all, filters_of(options));
  if (selected.empty()) throw std::runtime_error(why_empty(options, all));
  return selected;
}

}  // namespace qbench
