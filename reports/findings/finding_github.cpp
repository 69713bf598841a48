// SPDX-License-Identifier: Apache-2.0
// Findings as workflow commands of GitHub Actions, which shows them on the diff: one command per
// group. GitHub shows ten of a kind per step, so the worst come first, and a last one counts the
// others.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "reports/findings/finding_formats.h"
#include "reports/findings/finding_groups.h"
#include "reports/findings/findings.h"
#include "reports/text/text.h"

namespace qbench {
namespace {

constexpr std::string_view kKinds[] = {"error", "warning", "notice"};
constexpr std::size_t kMost[] = {10, 10, 9};  // the last notice is the count

// The index in kKinds; absent for findings that are not shown.
std::optional<int> kind(const Finding& finding) {
  switch (finding.judgement) {
    case Judgement::breach:
    case Judgement::slow:
      return 0;
    case Judgement::incomparable:
    case Judgement::unjudged:
    case Judgement::clock:
    case Judgement::inconclusive:
      return 1;
    case Judgement::traded:
    case Judgement::recorded:
    case Judgement::fast:
      return 2;
    case Judgement::skipped:
    case Judgement::same:
      break;
  }
  return std::nullopt;
}

// Escapes each character of `special` as % and its hexadecimal code.
std::string encoded(std::string_view text, std::string_view special) {
  std::string out;
  for (const char c : text)
    if (special.find(c) == special.npos)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}
// Escapes qbench's own line ends; those in names are escaped already.
std::string as_data(std::string_view text) { return encoded(text, "%\r\n"); }
std::string as_property(std::string_view text) { return encoded(printable(text), "%\r\n:,"); }

// Places the annotation at the file and line of the example.
std::string annotation(const Group& group) {
  const Finding& finding = *group.example;
  std::string place;
  if (!finding.file.empty()) place += "file=" + as_property(finding.file) + ",";
  if (!finding.file.empty() && finding.line > 0) place += fmt::format("line={},", finding.line);
  const std::string title =
      fmt::format("qbench, {} gate: {}", finding.gate, name(finding.judgement));
  std::string message = printable(described(group));
  if (!finding.command.empty()) message += "\nrerun: " + printable(finding.command);
  return fmt::format("::{} {}title={}::{}\n", kKinds[*kind(finding)], place, as_property(title),
                     as_data(message));
}

}  // namespace

std::string github_findings(std::span<const Finding> findings, Detail) {
  std::string out;
  const Findings sorted = worst_first(findings);
  std::vector<Group> groups = groups_of(sorted);
  if (groups.size() > kMost[0]) groups = groups_of(sorted, Grain::mode);
  std::size_t found[std::size(kKinds)] = {};
  for (const Group& group : groups)
    if (const auto which = kind(*group.example); which && found[*which]++ < kMost[*which])
      out += annotation(group);
  std::vector<std::string> left_out;
  for (std::size_t i = 0; i < std::size(kKinds); ++i)
    if (found[i] > kMost[i])
      left_out.push_back(fmt::format("{} {}{}", found[i] - kMost[i], kKinds[i],
                                     found[i] - kMost[i] == 1 ? "" : "s"));
  if (left_out.empty()) return out;
  return out + fmt::format("::notice title=qbench::{} more not shown here: see the job's summary\n",
                           fmt::join(left_out, ", "));
}

}  // namespace qbench
