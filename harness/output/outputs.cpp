// SPDX-License-Identifier: Apache-2.0
// Writes reports to stdout and to files.
#include "harness/output/outputs.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "reports/file.h"

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
      const bool told_later = output.file.empty() && std::ferror(stdout);  // by close_stdout
      if (!told_later) fmt::print(stderr, "qbench: {}\n", error.what());
      all = false;
    }
  return all;
}

void check_output(const std::string& file, const std::vector<std::string>& inputs) {
  if (file.empty()) return;
  for (const std::string& input : inputs) {
    std::error_code absent;
    if (std::filesystem::equivalent(file, input, absent))
      throw std::runtime_error(
          fmt::format("{} belongs to what this command reads: write to another file", file));
  }
  check_writable(file);
}

void check_reports(const Reports& reports, const std::vector<std::string>& inputs) {
  for (const auto& [report, file] : reports) check_output(file, inputs);
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
