// SPDX-License-Identifier: Apache-2.0
// The table of report formats.
#include <algorithm>

#include "reports/formats.h"
#include "reports/report.h"

namespace qbench {
namespace {

constexpr Report kReports[] = {
    {"table", "aligned text of at most 120 columns, for people", table_report},
    {"markdown", "the same tables for GitHub", markdown_report},
    {"csv", "every field of the record, one case a row", csv_report},
    {"json", "Google Benchmark's JSON, for its compare.py and for CI services", json_report},
};

}  // namespace

std::span<const Report> all_reports() { return kReports; }

const Report* find_report(std::string_view name) {
  const auto found = std::ranges::find(kReports, name, &Report::name);
  return found == std::end(kReports) ? nullptr : found;
}

}  // namespace qbench
