// SPDX-License-Identifier: Apache-2.0
// Reduces several runs of a case to one.
#include "reports/summaries/runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>

namespace qbench {
namespace {

// A case with errors against an original is another than the same without.
std::string key_of(const Result& r) { return fmt::format("{}\n{}", r.id, r.against); }

}  // namespace

std::vector<Result> last_runs(std::span<const Result> results) {
  std::vector<Result> out;
  std::unordered_map<std::string, std::size_t> places;
  for (const Result& r : results) {
    const auto [place, is_new] = places.try_emplace(key_of(r), out.size());
    if (is_new || r.id.empty())
      out.push_back(r);
    else
      out[place->second] = r;
  }
  return out;
}

std::string runs_note(std::span<const Result> results) {
  std::unordered_map<std::string, int> runs;
  for (const Result& r : results)
    if (!r.id.empty()) ++runs[key_of(r)];
  const auto repeated = std::ranges::count_if(runs, [](const auto& run) { return run.second > 1; });
  if (repeated == 0) return {};
  return fmt::format("{} run more than once: the last run is shown; csv and json have all",
                     repeated == 1 ? "1 case was" : fmt::format("{} cases were", repeated));
}

}  // namespace qbench
