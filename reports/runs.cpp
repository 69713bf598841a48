// SPDX-License-Identifier: Apache-2.0
// Several runs in one report.
#include "reports/runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace qbench {

std::vector<Result> last_runs(std::span<const Result> results) {
  std::vector<Result> out;
  std::unordered_map<std::string_view, std::size_t> places;
  for (const Result& r : results) {
    const auto [place, is_new] = places.try_emplace(r.id, out.size());
    if (is_new || r.id.empty())
      out.push_back(r);
    else
      out[place->second] = r;
  }
  return out;
}

std::string runs_note(std::span<const Result> results) {
  std::unordered_map<std::string_view, int> runs;
  for (const Result& r : results)
    if (!r.id.empty()) ++runs[r.id];
  const auto repeated = std::ranges::count_if(runs, [](const auto& run) { return run.second > 1; });
  if (repeated == 0) return {};
  return fmt::format("{} run more than once: the last run is shown; csv and json have all",
                     repeated == 1 ? "1 case was" : fmt::format("{} cases were", repeated));
}

Environment merged(std::span<const JournalRun> runs) {
  Environment out;
  std::vector<std::vector<std::string_view>> values;  // of each name
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
