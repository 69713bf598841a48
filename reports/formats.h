// SPDX-License-Identifier: Apache-2.0
// The report formats: one function and one source file each.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "reports/finding.h"
#include "reports/result.h"

namespace qbench {

std::string table_report(const Environment& environment, std::span<const Result> results,
                         std::size_t width);
std::string markdown_report(const Environment& environment, std::span<const Result> results);
std::string csv_report(const Environment& environment, std::span<const Result> results);
std::string totals_report(const Environment& environment, std::span<const Result> results);
std::string json_report(const Environment& environment, std::span<const Result> results);

std::string text_findings(std::span<const Finding> findings, Detail detail);
std::string markdown_findings(std::span<const Finding> findings, Detail detail);
std::string junit_findings(std::span<const Finding> findings, Detail detail);
std::string github_findings(std::span<const Finding> findings, Detail detail);
std::string jsonl_findings(std::span<const Finding> findings, Detail detail);

}  // namespace qbench
