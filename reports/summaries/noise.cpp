// SPDX-License-Identifier: Apache-2.0
// Decides which times are not to be trusted, and how precisely each is known.
#include "reports/summaries/noise.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/summaries/tally.h"
#include "reports/text/text.h"

namespace qbench {
namespace {

constexpr std::size_t kMostNoises = 4, kMostModes = 4;

// Reasons that differ only in their figures count as one.
std::string without_digits(const std::string& reason) {
  std::string out;
  for (const char c : reason)
    if (!(c >= '0' && c <= '9') && c != '.') out += c;
  return out;
}

}  // namespace

std::string noise_of(const Result& result) {
  if (!result.noise.empty() || !result.seconds_q1 || !result.seconds_q3 || !result.seconds)
    return result.noise;
  const double apart = (*result.seconds_q3 - *result.seconds_q1) / *result.seconds;
  return apart > kMostSpread ? spread_reason(apart) : "";
}

std::string spread_reason(double apart) {
  return fmt::format("its quartiles are {:.0f} % apart", 100 * apart);
}

std::optional<double> spread_percent(const Result& result) {
  if (!result.seconds_q1 || !result.seconds_q3 || !result.seconds) return {};
  const double percent = 50 * (*result.seconds_q3 - *result.seconds_q1) / *result.seconds;
  return std::isfinite(percent) ? std::optional(percent) : std::nullopt;
}

std::optional<Spread> spread_of(const Result& result) {
  if (!result.seconds_q1 || !result.seconds_q3 || !(result.seconds.value_or(0) > 0)) return {};
  const bool noisy = !noise_of(result).empty();
  const double low = noisy ? result.seconds_min.value_or(0) : *result.seconds_q1;
  return Spread{low / *result.seconds, *result.seconds_q3 / *result.seconds};
}

bool spreads_overlap(const Result& a, const Result& b) {
  const auto of_a = spread_of(a), of_b = spread_of(b);
  return of_a && of_b && *a.seconds * of_a->low <= *b.seconds * of_b->high &&
         *b.seconds * of_b->low <= *a.seconds * of_a->high;
}

std::string noise_note(std::span<const Result> results) {
  Tally tally;
  for (const Result& r : results)
    if (const std::string why = noise_of(r);
        r.status == Status::passed && r.seconds && !why.empty())
      tally.add(without_digits(why), printable(why), printable(r.mode));
  if (tally.total() == 0) return {};
  std::string out = tally.total() == 1
                        ? "~ 1 time is not to be trusted: "
                        : fmt::format("~ {} times are not to be trusted: ", tally.total());
  const auto shown = std::span(tally.all()).first(std::min(tally.all().size(), kMostNoises));
  for (const Remark& reason : shown)
    out += fmt::format("{}{}{} ({})", &reason == shown.data() ? "" : "; ",
                       reason.varies ? "e.g. " : "", reason.what,
                       first_few(reason.subjects, kMostModes));
  if (const std::size_t rest = tally.all().size() - shown.size(); rest > 0)
    out += fmt::format("; and {} more reason{} (see --report csv)", rest, rest > 1 ? "s" : "");
  return out +
         ". Close other programs, give --threads 1 or a longer --min-time, or count with qbench ab "
         "--instructions";
}

}  // namespace qbench
