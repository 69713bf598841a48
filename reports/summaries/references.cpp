// SPDX-License-Identifier: Apache-2.0
// Tells second roundings, and originals.
#include "reports/summaries/references.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <vector>

#include "reports/summaries/tally.h"
#include "reports/text/text.h"

namespace qbench {
namespace {

constexpr std::size_t kMostTensors = 3;

std::string second_rounding_clause(std::span<const Result> results) {
  Tally formats;
  for (const Result& r : results)
    if (!r.stored_as.empty() && r.against.empty() && r.mode != kStoredRow)
      formats.add(r.stored_as, printable(r.stored_as),
                  r.tensor.empty() ? "\"\"" : printable(r.tensor));
  if (formats.total() == 0) return {};
  std::vector<std::string> parts;
  for (const Remark& format : formats.all())
    parts.push_back(fmt::format("{} x {} ({})", format.subjects.size(), format.what,
                                first_few(format.subjects, kMostTensors)));
  return fmt::format(
      "a second rounding: the file has quantized weights, {}; errors of other modes are against "
      "these, decoded (--against ORIGINAL: against the original)",
      fmt::join(parts, ", "));
}

std::string originals_clause(std::span<const Result> results) {
  std::set<std::string> originals;
  bool stored = false;
  for (const Result& r : results) {
    if (!r.against.empty()) originals.insert(printable(r.against));
    stored = stored || (!r.against.empty() && r.mode == kStoredRow);
  }
  if (originals.empty()) return {};
  return fmt::format(
      "errors are against the original, {}: of {}the mode on top of the file's weights",
      fmt::join(originals, ", "), stored ? "the file's weights alone (stored), and of " : "");
}

}  // namespace

std::string references_note(std::span<const Result> results) {
  const std::string second = second_rounding_clause(results);
  const std::string originals = originals_clause(results);
  return second + (second.empty() || originals.empty() ? "" : "; ") + originals;
}

}  // namespace qbench
