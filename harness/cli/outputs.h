// SPDX-License-Identifier: Apache-2.0
// Where reports go: stdout and files. A file that cannot be written is found before work begins;
// one that fails later does not keep the others from being written.
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

// Writes each and tells on stderr which failed; false where one did.
bool write_outputs(const std::vector<Output>& outputs);

using Reports = std::vector<std::pair<const Report*, std::string>>;  // and the file; empty: stdout

// Throws std::runtime_error where a file could not be written, or is one of those that are read,
// before any work.
void check_output(const std::string& file, const std::vector<std::string>& inputs);
void check_reports(const Reports& reports, const std::vector<std::string>& inputs);

// Each to its file, as write_outputs does; a table on stdout is as wide as the terminal.
bool write_reports(const Reports& reports, const Environment& environment,
                   std::span<const Result> results);

// Flushes and closes stdout: false, told on stderr, where what was printed did not arrive.
bool close_stdout();

}  // namespace qbench
