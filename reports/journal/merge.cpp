// SPDX-License-Identifier: Apache-2.0
// Merges the conditions of several runs.
#include <algorithm>
#include <string_view>

#include "reports/journal/journal.h"

namespace qbench {

Environment merged(std::span<const JournalRun> runs) {
  Environment out;
  std::vector<std::vector<std::string_view>> values;  // one list per name
  for (const JournalRun& run : runs)
    for (const auto& [name, value] : run.environment) {
      const auto known = std::ranges::find(out, name, &Environment::value_type::first);
      const auto place = static_cast<std::size_t>(known - out.begin());
      if (known == out.end()) {
        out.emplace_back(name, value);
        values.push_back({value});
      } else if (std::ranges::find(values[place], value) == values[place].end()) {
        out[place].second += " | " + value;
        values[place].push_back(value);
      }
    }
  return out;
}

}  // namespace qbench
