// SPDX-License-Identifier: Apache-2.0
// What stands around the tables.
#include "reports/notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reports/sections.h"

namespace qbench {
namespace {

// "WHAT 4: a reason (x3); another", or empty where no result of that status has a reason.
std::string with_reasons(std::string_view what, std::span<const Result> results, Status status) {
  std::vector<std::pair<std::string, int>> reasons;
  int total = 0;
  for (const Result& r : results) {
    if (r.status != status || (status == Status::passed && r.reason.empty())) continue;
    ++total;
    const std::string reason = r.reason.empty() ? "no reason given" : printable(r.reason);
    const auto found = std::ranges::find(reasons, reason, &std::pair<std::string, int>::first);
    if (found == reasons.end())
      reasons.emplace_back(reason, 1);
    else
      ++found->second;
  }
  std::string out = fmt::format("{} {}:", what, total);
  for (const auto& [reason, count] : reasons) {
    if (&reason != &reasons.front().first) out += ';';
    out += ' ' + reason;
    if (count > 1) out += fmt::format(" (x{})", count);
  }
  return total > 0 ? out : "";
}

struct Condition {
  const char* name;
  const char* prefix;  // before the value
};
constexpr Condition kBrief[] = {
    {"cpu", ""},        {"threads", "threads "}, {"instruction_set", ""}, {"gpu", ""},
    {"cuda", "CUDA: "}, {"compiler", ""},        {"seed", "seed "},       {"revision", "revision "},
};

}  // namespace

std::vector<std::string> make_notes(std::span<const Result> results) {
  std::vector<std::string> out;
  for (const auto& [what, status] :
       {std::pair{"skipped", Status::skipped}, std::pair{"undefined in", Status::passed}})
    if (std::string line = with_reasons(what, results, status); !line.empty())
      out.push_back(std::move(line));
  for (const Result& r : results)
    if (r.status == Status::wrong || r.status == Status::error)
      out.push_back(fmt::format("{} {}: {}", kStatusNames[static_cast<int>(r.status)],
                                printable(r.id), printable(r.reason)));
  return out;
}

std::vector<std::string> brief_conditions(const Environment& environment) {
  std::vector<std::string> out;
  for (const Condition& condition : kBrief) {
    const auto found =
        std::ranges::find(environment, condition.name, &Environment::value_type::first);
    if (found != environment.end() && !found->second.empty())
      out.push_back(condition.prefix + printable(found->second));
  }
  return out;
}

}  // namespace qbench
