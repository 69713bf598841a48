// SPDX-License-Identifier: Apache-2.0
// Collects remarks about many results.
#include "reports/summaries/tally.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace qbench {

void Tally::add(const std::string& key, const std::string& what, const std::string& subject) {
  auto remark = std::ranges::find(all_, key, &Remark::key);
  if (remark == all_.end()) remark = all_.insert(remark, {key, what, false, {}, 0});
  remark->varies = remark->varies || remark->what != what;
  ++remark->times;
  ++total_;
  if (!subject.empty() && std::ranges::find(remark->subjects, subject) == remark->subjects.end())
    remark->subjects.push_back(subject);
}

std::string first_few(std::span<const std::string> names, std::size_t most) {
  const auto shown = names.first(std::min(names.size(), most));
  std::string out = fmt::format("{}", fmt::join(shown, ", "));
  if (shown.size() < names.size()) out += fmt::format(" and {} more", names.size() - shown.size());
  return out;
}

}  // namespace qbench
