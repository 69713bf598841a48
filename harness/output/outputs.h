// SPDX-License-Identifier: Apache-2.0
// Output of reports to stdout and to files. A file that cannot be written is reported before work
// begins; if one fails later, the others are still written.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "reports/results/report.h"

namespace qbench {

struct Output {
  std::string file;  // empty: stdout
  std::function<std::string()> text;
};

// Writes every output and reports failures on stderr; false if one failed.
bool write_outputs(const std::vector<Output>& outputs);

using Reports = std::vector<std::pair<const Report*, std::string>>;  // report, file (empty: stdout)

// Throws std::runtime_error if a file cannot be written or is one of `inputs`. Called before any
// work.
void check_output(const std::string& file, const std::vector<std::string>& inputs);
void check_reports(const Reports& reports, const std::vector<std::string>& inputs);

// Writes each report to its file, as write_outputs does; a table on stdout has the terminal's
// width.
bool write_reports(const Reports& reports, const Environment& environment,
                   std::span<const Result> results);

// Flushes and closes stdout; returns false after an error message on stderr if output was lost.
bool close_stdout();

}  // namespace qbench
