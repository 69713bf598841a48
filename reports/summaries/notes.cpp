// SPDX-License-Identifier: Apache-2.0
// The notes around the tables.
#include "reports/summaries/notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "reports/summaries/break_even.h"
#include "reports/summaries/noise.h"
#include "reports/summaries/references.h"
#include "reports/summaries/runs.h"
#include "reports/summaries/tally.h"
#include "reports/summaries/totals.h"
#include "reports/text/text.h"

namespace qbench {
namespace {

constexpr std::size_t kMostReasons = 8, kMostSubjects = 4;

// The subject that a reason begins with: the kernel, the mode or `tensor "NAME"`; empty without
// one.
std::string subject_of(const Result& r, std::string_view reason) {
  std::string longest;
  for (const std::string& subject : {r.kernel, r.mode, fmt::format("tensor \"{}\"", r.tensor),
                                     fmt::format("tensor \"{}\"", printable(r.tensor))}) {
    const bool begins = reason.starts_with(subject) && reason.size() > subject.size() &&
                        (reason[subject.size()] == ' ' || reason[subject.size()] == ':');
    if (begins && subject.size() > longest.size()) longest = subject;
  }
  return longest;
}

// "WHAT 4: a, b: a reason (x3); another"; empty if no result of that status has a reason.
std::string with_reasons(std::string_view what, std::span<const Result> results, Status status) {
  Tally tally;
  for (const Result& r : results) {
    if (r.status != status || (status == Status::passed && r.reason.empty())) continue;
    const std::string subject = subject_of(r, r.reason);
    const std::string why = printable(std::string_view(r.reason).substr(subject.size()));
    // A subject that is not the result's own is part of the reason.
    tally.add((subject.empty() ? "-" : "+") + why, why.empty() ? "no reason given" : why,
              printable(subject));
  }
  if (tally.total() == 0) return {};
  std::string out = fmt::format("{} {}:", what, tally.total());
  const auto shown = std::span(tally.all()).first(std::min(tally.all().size(), kMostReasons));
  for (const Remark& reason : shown) {
    out += fmt::format("{} {}{}", &reason == shown.data() ? "" : ";",
                       first_few(reason.subjects, kMostSubjects), reason.what);
    if (reason.times > 1) out += fmt::format(" (x{})", reason.times);
  }
  if (const std::size_t rest = tally.all().size() - shown.size(); rest > 0)
    out += fmt::format("; and {} more reason{} (see --report csv)", rest, rest > 1 ? "s" : "");
  return out;
}

std::string whole_models_note(std::span<const Result> results) {
  if (std::ranges::none_of(results,
                           [](const Result& r) { return r.tokens_per_second.has_value(); }))
    return {};
  return "tokens/s are those of the linear layers alone, each in memory of its own, m tokens at a "
         "time: without the head, attention and its KV cache, norms; of experts, the active ones "
         "of "
         "one token, which all m go through";
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

std::vector<std::string> make_notes(std::span<const Result> all) {
  const std::vector<Result> results = last_runs(all);
  std::vector<std::string> out = break_even_lines(results);
  for (std::string& note :
       std::vector{whole_models_note(results), noise_note(results), runs_note(all),
                   references_note(results), left_out_note(results),
                   with_reasons("incomplete totals", totals_of(results), Status::passed),
                   with_reasons("skipped", results, Status::skipped),
                   with_reasons("undefined or not judged in", results, Status::passed)})
    out.push_back(std::move(note));
  std::erase(out, "");
  for (const Result& r : results)
    if (r.status == Status::wrong || r.status == Status::error)
      out.push_back(fmt::format("{} {}: {}", kStatusNames[static_cast<int>(r.status)],
                                printable(r.id), printable(r.reason)));
  return out;
}

std::vector<std::string> brief_conditions(const Environment& environment) {
  std::vector<std::string> out;
  for (const Condition& condition : kBrief)
    if (const std::string value = value_of(environment, condition.name); !value.empty())
      out.push_back(condition.prefix + printable(value));
  return out;
}

}  // namespace qbench
