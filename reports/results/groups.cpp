// SPDX-License-Identifier: Apache-2.0
// Groups the results of one section.
#include <algorithm>

#include "reports/fields.h"
#include "reports/results/sections.h"

namespace qbench {
namespace {

bool same_group(const Result& a, const Result& b) {
  return agree(a, b, {Role::suite, Role::condition, Role::weights});
}

}  // namespace

std::vector<std::vector<const Result*>> group_results(std::span<const Result> results) {
  std::vector<std::vector<const Result*>> groups;
  for (const Result& result : results) {
    // Searches from the back, because results of a group are mostly adjacent.
    const auto found = std::ranges::find_if(groups.rbegin(), groups.rend(), [&](const auto& rows) {
      return same_group(*rows.front(), result);
    });
    if (found == groups.rend())
      groups.push_back({&result});
    else
      found->push_back(&result);
  }
  return groups;
}

}  // namespace qbench
