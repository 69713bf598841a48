// SPDX-License-Identifier: Apache-2.0
// The table of report formats.
#include <algorithm>

#include "reports/results/formats.h"
#include "reports/results/report.h"

namespace qbench {
namespace {

template <auto Write>
std::string of_no_width(const Environment& environment, std::span<const Result> results,
                        std::size_t) {
  return Write(environment, results);
}

constexpr Report kReports[] = {
    {"table", "aligned text as wide as the terminal, for people", table_report},
    {"markdown", "the same tables for GitHub", of_no_width<markdown_report>},
    {"csv", "every field of the record, one case a row", of_no_width<csv_report>},
    {"totals", "the same fields of the totals over the tensors of --weights",
     of_no_width<totals_report>},
    {"json", "Google Benchmark's JSON, for its compare.py and for CI services",
     of_no_width<json_report>},
};

}  // namespace

std::span<const Report> all_reports() { return kReports; }

const Report* find_report(std::string_view name) {
  const auto found = std::ranges::find(kReports, name, &Report::name);
  return found == std::end(kReports) ? nullptr : found;
}

}  // namespace qbench
