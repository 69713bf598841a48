// SPDX-License-Identifier: Apache-2.0
// Groups findings and fits the groups to a page.
#include "reports/findings/finding_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "reports/findings/finding_change.h"

namespace qbench {
namespace {

bool is_case(const Finding& finding) { return !id_part(finding.subject, "mode").empty(); }

// The properties that findings of one group have in common.
using Key = std::vector<std::string>;

Key key_of(const Finding& finding, Grain grain) {
  Key key = {finding.gate, name(finding.judgement), finding.field,
             std::string(id_part(finding.subject, "mode"))};
  if (grain != Grain::mode) key.emplace_back(id_part(finding.subject, "kernel"));
  if (finding.field.empty()) key.push_back(finding.reason);
  if (finding.field == "status" || finding.subject == "environment") key.push_back(finding.after);
  const bool single = grain == Grain::row && shows_ratios(finding.gate);
  if (single || is_whole_gate(finding)) key.push_back(finding.subject);
  return key;
}

// The order by which the example is chosen: growth before shrinking, then the larger change.
std::tuple<bool, double> weight(const Finding& finding) {
  const double growth = growth_of(finding).value_or(0);
  return {growth > 0, std::abs(growth)};
}

const Finding* example_of(const Findings& findings) {
  return *std::ranges::max_element(findings, {},
                                   [](const Finding* finding) { return weight(*finding); });
}

// In a row of ratios its reason says it, and only where a change was shown.
bool says_itself(const Group& group) {
  const Judgement judgement = group.example->judgement;
  const bool shown = judgement == Judgement::slow || judgement == Judgement::traded ||
                     judgement == Judgement::fast || judgement == Judgement::breach;
  return shows_ratios(group.example->gate) && (group.findings.size() == 1 || !shown);
}

// "0.12 dB worse"; for several findings followed by "at most, others up to 0.05 dB better".
std::string words_of(const Group& group) {
  if (says_itself(group)) return {};
  double least = 0;
  for (const Finding* finding : group.findings)
    least = std::min(least, growth_of(*finding).value_or(0));
  const std::string& field = group.example->field;
  const double most = growth_of(*group.example).value_or(0);
  std::string words = growth_words(field, most);
  if (words.empty() || group.findings.size() == 1) return words;
  words += " at most";
  if (most > 0 && least < 0) words += ", others up to " + growth_words(field, least);
  return words;
}

bool all_alike(const Findings& findings, std::string Finding::*text) {
  return std::ranges::all_of(
      findings, [&](const Finding* each) { return each->*text == findings.front()->*text; });
}

// Findings of one judgement and gate follow each other here, whatever came between them.
Findings told(std::span<const Finding> findings) {
  Findings out = worst_first(findings);
  std::erase_if(out, [](const Finding* finding) {
    return finding->judgement == Judgement::same && !shows_ratios(finding->gate);
  });
  return out;
}

// Adds groups until the lines are used up.
FindingsPage fill(std::vector<Group> groups) {
  FindingsPage page;
  std::set<std::string> known = {""};
  std::size_t lines = 0;
  for (Group& group : groups) {
    const Finding& example = *group.example;
    if (example.judgement != Judgement::same && !known.contains(example.command))
      group.command = example.command;
    lines += group.command.empty() ? 1 : 2;
    if (lines > kMostLines) {
      ++page.groups_left_out;
      page.findings_left_out += group.findings.size();
      continue;
    }
    known.insert(group.command);
    page.groups.push_back(std::move(group));
  }
  return page;
}

}  // namespace

bool shows_ratios(std::string_view gate) { return gate == "speed" || gate == "instructions"; }

std::string_view id_part(std::string_view id, std::string_view key) {
  id = id.substr(0, id.find("/tensor:"));
  const std::size_t at = id.find(fmt::format("/{}:", key));
  if (at == id.npos) return {};
  const std::string_view value = id.substr(at + key.size() + 2);
  return value.substr(0, value.find('/'));
}

std::vector<Group> groups_of(const Findings& findings, Grain grain) {
  std::vector<Group> out;
  std::map<Key, std::size_t> places;
  for (const Finding* finding : findings) {
    const auto [place, is_first] = places.try_emplace(key_of(*finding, grain), out.size());
    if (is_first) out.push_back({{}, finding});
    out[place->second].findings.push_back(finding);
  }
  for (Group& group : out) group.example = example_of(group.findings);
  return out;
}

std::string subject_of(const Group& group) {
  const Finding& example = *group.example;
  const std::size_t count = group.findings.size();
  if (count == 1) return example.subject;
  if (!is_case(example)) return fmt::format("{} findings", count);
  std::string out = fmt::format("{} cases of {}", count, id_part(example.subject, "mode"));
  std::set<std::string_view> kernels;
  for (const Finding* finding : group.findings) kernels.insert(id_part(finding->subject, "kernel"));
  if (kernels.size() > 1) return out + fmt::format(", {} kernels", kernels.size());
  return kernels.begin()->empty() ? out : out + fmt::format(", kernel {}", *kernels.begin());
}

std::string remark_of(const Group& group) {
  const Finding& example = *group.example;
  const bool several = group.findings.size() > 1;
  std::vector<std::string> parts;
  if (const std::string words = words_of(group); !words.empty()) parts.push_back(words);
  if (several) parts.push_back("as " + example.subject);
  const bool of_all = !several || all_alike(group.findings, &Finding::reason);
  if (!example.reason.empty()) parts.push_back((of_all ? "" : "there: ") + example.reason);
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string described(const Group& group) {
  Finding line = *group.example;
  if (is_whole_gate(line)) return described(line);
  const bool several = group.findings.size() > 1 && !line.field.empty();
  line.subject = subject_of(group) + (several ? "," : "");
  line.reason = remark_of(group);
  return described(line);
}

FindingsPage page_of(std::span<const Finding> findings) {
  const Findings all = told(findings);
  for (const Grain grain : {Grain::row, Grain::kernel})
    if (FindingsPage page = fill(groups_of(all, grain)); page.groups_left_out == 0) return page;
  return fill(groups_of(all, Grain::mode));
}

std::string left_out(const FindingsPage& page) {
  if (page.groups_left_out == 0) return {};
  const auto counted = [](std::size_t count, const char* noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
  };
  return fmt::format("left out here: {} of {}; --report jsonl=FILE has all",
                     counted(page.groups_left_out, "more group"),
                     counted(page.findings_left_out, "finding"));
}

}  // namespace qbench
