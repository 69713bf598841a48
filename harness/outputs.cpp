// SPDX-License-Identifier: Apache-2.0
// Reports to stdout and to files.
#include "harness/outputs.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>

namespace qbench {
namespace {

void write(const Output& output) {
  const std::string text = output.text();
  if (output.file.empty())
    fmt::print("{}", text);
  else
    write_file(output.file, text);
}

}  // namespace

bool write_outputs(const std::vector<Output>& outputs) {
  bool all = true;
  for (const Output& output : outputs) try {
      write(output);
    } catch (const std::exception& error) {
      fmt::print(stderr, "qbench: {}\n", error.what());
      all = false;
    }
  return all;
}

void check_reports(const Reports& reports) {
  for (const auto& [report, file] : reports)
    if (!file.empty()) check_writable(file);
}

bool write_reports(const Reports& reports, const Environment& environment,
                   std::span<const Result> results) {
  std::vector<Output> outputs;
  for (const auto& [report, file] : reports)
    outputs.push_back({file, [&, report = report, to_stdout = file.empty()] {
                         return report->write(environment, results,
                                              to_stdout ? table_width() : kFileWidth);
                       }});
  return write_outputs(outputs);
}

bool close_stdout() {
  errno = 0;
  const bool failed = std::ferror(stdout) != 0;
  if (std::fclose(stdout) == 0 && !failed) return true;
  fmt::print(stderr, "qbench: cannot write to stdout: {}\n",
             errno ? std::strerror(errno) : "not all of it could be written (disk full?)");
  return false;
}

}  // namespace qbench
