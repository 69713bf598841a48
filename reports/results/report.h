// SPDX-License-Identifier: Apache-2.0
// Report: a function from results to text. The table of formats is in reports.cpp.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "reports/result.h"
#include "reports/text/width.h"

namespace qbench {

struct Report {
  std::string_view name;     // what --report takes
  std::string_view summary;  // one line for --list
  std::string (*text)(const Environment&, std::span<const Result>, std::size_t width);
  // `width` is the number of columns of a table.
  std::string write(const Environment& environment, std::span<const Result> results,
                    std::size_t width = kFileWidth) const {
    return text(environment, results, width);
  }
};

std::span<const Report> all_reports();
const Report* find_report(std::string_view name);

}  // namespace qbench
