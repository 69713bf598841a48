// SPDX-License-Identifier: Apache-2.0
// The formats of reports of results: one function and one source file each.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "reports/result.h"

namespace qbench {

std::string table_report(const Environment& environment, std::span<const Result> results,
                         std::size_t width);
std::string markdown_report(const Environment& environment, std::span<const Result> results);
std::string csv_report(const Environment& environment, std::span<const Result> results);
std::string totals_report(const Environment& environment, std::span<const Result> results);
std::string json_report(const Environment& environment, std::span<const Result> results);

}  // namespace qbench
