// SPDX-License-Identifier: Apache-2.0
// Decides which results make a total.
#include "reports/summaries/totals.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "reports/fields.h"
#include "reports/summaries/tally.h"
#include "reports/summaries/total.h"
#include "reports/text/text.h"

namespace qbench {
namespace {

using Rows = std::vector<const Result*>;

constexpr std::size_t kMostNames = 3;

// False for an unusable tensor, which has no mode.
bool counts(const Result& r) { return is_real(r) && !r.mode.empty(); }

bool same_total(const Result& a, const Result& b) {
  return agree(a, b, {Role::suite, Role::condition, Role::row});
}

// True if totals of the suite leave out tensors with `not_in_totals`, because it has others.
bool leaves_out(std::span<const Result> results, const std::string& suite) {
  return std::ranges::any_of(results, [&](const Result& r) {
    return counts(r) && r.suite == suite && r.not_in_totals.empty();
  });
}

// The suites with real weights, in order of appearance.
std::vector<std::string> suites_of(std::span<const Result> results) {
  std::vector<std::string> out;
  for (const Result& r : results)
    if (counts(r) && std::ranges::find(out, r.suite) == out.end()) out.push_back(r.suite);
  return out;
}

std::vector<Result> totals_of(std::span<const Result> results, const std::string& suite) {
  const bool some = leaves_out(results, suite);
  std::vector<Rows> groups;
  for (const Result& r : results) {
    if (!counts(r) || r.suite != suite || (some && !r.not_in_totals.empty())) continue;
    auto group = std::ranges::find_if(
        groups, [&](const Rows& rows) { return same_total(*rows.front(), r); });
    if (group == groups.end()) group = groups.insert(group, Rows{});
    group->push_back(&r);
  }
  const auto passed = [](const Result* r) { return r->status == Status::passed; };
  std::vector<Result> out;
  for (const Rows& rows : groups)
    if (rows.size() > 1 && std::ranges::any_of(rows, passed)) out.push_back(total_of(rows));
  return out;
}

}  // namespace

std::vector<Result> with_totals(std::span<const Result> results) {
  std::vector<Result> out;
  for (std::size_t i = 0; i < results.size(); ++i) {
    out.push_back(results[i]);
    const auto rest = results.subspan(i + 1);
    const auto same = [&](const Result& r) { return counts(r) && r.suite == results[i].suite; };
    if (!counts(results[i]) || std::ranges::any_of(rest, same)) continue;
    std::ranges::move(totals_of(results, results[i].suite), std::back_inserter(out));
  }
  return out;
}

std::vector<Result> totals_of(std::span<const Result> results) {
  std::vector<Result> out;
  for (const std::string& suite : suites_of(results))
    std::ranges::move(totals_of(results, suite), std::back_inserter(out));
  return out;
}

namespace {

// Names the unusable tensors if there are totals of others.
std::string unread_clause(std::span<const Result> results) {
  if (totals_of(results).empty()) return {};
  std::vector<std::string> names;
  for (const Result& r : results)
    if (is_real(r) && r.mode.empty() &&
        std::ranges::find(names, printable(r.tensor)) == names.end())
      names.push_back(printable(r.tensor));
  if (names.empty()) return {};
  return fmt::format("{} that could not be used ({})", names.size(), first_few(names, kMostNames));
}

}  // namespace

std::string left_out_note(std::span<const Result> results) {
  Tally kinds;
  for (const std::string& suite : suites_of(results)) {
    if (!leaves_out(results, suite) || totals_of(results, suite).empty()) continue;
    for (const Result& r : results)
      if (counts(r) && r.suite == suite && !r.not_in_totals.empty())
        kinds.add(r.not_in_totals, printable(r.not_in_totals),
                  r.tensor.empty() ? "\"\"" : printable(r.tensor));
  }
  const std::string unread = unread_clause(results);
  if (kinds.total() == 0 && unread.empty()) return {};
  std::string out = "not in totals: ";
  for (const Remark& kind : kinds.all())
    out += fmt::format("{}{} x {} ({})", &kind == &kinds.all().front() ? "" : ", ",
                       kind.subjects.size(), kind.what, first_few(kind.subjects, kMostNames));
  if (kinds.total() > 0)
    out += " (--tensors all takes them in)" + std::string(unread.empty() ? "" : "; ");
  return out + unread;
}

}  // namespace qbench
