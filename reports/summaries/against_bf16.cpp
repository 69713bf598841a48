// SPDX-License-Identifier: Apache-2.0
// Compares the speed of each mode's products with bf16's, in words.
#include "reports/summaries/against_bf16.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "reports/summaries/noise.h"
#include "reports/text/text.h"

namespace qbench {
namespace {

using Rows = std::vector<const Result*>;

// The fastest of each mode on each device, in the order of their first.
Rows fastest_rows(const Rows& rows) {
  Rows out;
  for (const Result* r : rows) {
    if (!r->m || !(r->seconds.value_or(0) > 0) || std::isinf(*r->seconds)) continue;
    const auto known = std::ranges::find_if(out, [&](const Result* other) {
      return other->mode == r->mode && other->device == r->device;
    });
    if (known == out.end())
      out.push_back(r);
    else if (*r->seconds < *(*known)->seconds)
      *known = r;
  }
  return out;
}

// Two digits, or three if two would read 1.0.
std::string ratio_text(double ratio) {
  if (ratio >= 1e5) return fmt::format("{:.1e}", ratio);
  return fmt::format("{:.{}f}", ratio, ratio < 1.095 ? 2 : ratio < 9.95 ? 1 : 0);
}

std::string in_words(const Result& r, const Result& baseline) {
  const bool noisy = !noise_of(r).empty() || !noise_of(baseline).empty();
  const bool slower = *r.seconds > *baseline.seconds;
  const std::string ratio =
      ratio_text(slower ? *r.seconds / *baseline.seconds : *baseline.seconds / *r.seconds);
  std::string out = printable(r.mode) + (noisy ? " about" : "");
  if (spreads_overlap(r, baseline) || ratio == "1.00")
    out += " as fast";
  else
    out += fmt::format(" {} times {}", ratio, slower ? "slower" : "faster");
  return out + (noisy ? "~" : "");
}

}  // namespace

std::vector<std::string> compare_with_bf16(const Rows& rows) {
  const Rows fastest = fastest_rows(rows);
  const bool one_device = std::ranges::all_of(
      fastest, [&](const Result* r) { return r->device == fastest.front()->device; });
  std::vector<std::string> out;
  for (const Result* baseline : fastest) {
    if (baseline->mode != kBaseline) continue;
    std::vector<std::string> others;
    for (const Result* r : fastest)
      if (r->mode != kBaseline && r->device == baseline->device)
        others.push_back(in_words(*r, *baseline));
    const std::string device = one_device ? "" : " on " + printable(baseline->device);
    if (!others.empty())
      out.push_back(fmt::format("against {}{}: {}", kBaseline, device, fmt::join(others, ", ")));
  }
  return out;
}

}  // namespace qbench
