// SPDX-License-Identifier: Apache-2.0
// Options of a sweep as predicates on ids.
#include "harness/gates/errors/restriction.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "suites/axes.h"

namespace qbench {
namespace {

using Texts = std::vector<std::string>;

// The value as typed; empty if the option was not given.
std::string typed(const Options& options, std::string_view option) {
  const Texts& all = options.sweep_arguments;
  for (std::size_t i = 0; i + 1 < all.size(); i += 2)
    if (all[i] == option) return all[i + 1];
  return {};
}

}  // namespace

Restriction::Restriction(const Options& options)
    : sweep_(options.sweep),
      filter_(options.filter),
      pattern_(std::make_shared<const RE2>(filter_)) {
  for (const Axis& axis : all_axes())
    if (const std::string text = typed(options, axis.option); !text.empty())
      criteria_.push_back({fmt::format("{} {}", axis.name, text), axis.allows});
}

bool Restriction::leaves(std::string_view id) const {
  const IdParts parts(id);
  const auto allowed = [&](const Criterion& each) { return each.allows(sweep_, parts); };
  return std::ranges::all_of(criteria_, allowed) &&
         RE2::PartialMatch(re2::StringPiece(id.data(), id.size()), *pattern_);
}

std::string Restriction::text() const {
  std::string text;
  for (const Criterion& each : criteria_) text += (text.empty() ? "is of " : ", ") + each.words;
  if (filter_.empty()) return text;
  return text + (text.empty() ? "" : " and ") + fmt::format("matches --filter '{}'", filter_);
}

}  // namespace qbench
