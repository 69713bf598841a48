// SPDX-License-Identifier: Apache-2.0
// Parses the values of --report, and rejects invalid text.
#pragma once

#include <filesystem>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "harness/cli/options_values.h"
#include "suites/names.h"

namespace qbench {

[[noreturn]] inline void fail(const std::string& message) { throw std::invalid_argument(message); }

inline std::string absolute(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

// The reports of each FORMAT, FORMAT=- or FORMAT=FILE, with their files; `first` to stdout if none
// was given. `find` looks a format up by name, `all` lists them.
template <class R, class All, class Find>
std::vector<std::pair<const R*, std::string>> reports(const RawOptions& raw, All all, Find find,
                                                      std::string_view first) {
  std::set<std::string> files;
  if (!raw.journal.empty()) files.insert(absolute(raw.journal));
  std::vector<std::pair<const R*, std::string>> reports;
  for (const std::string& text : raw.reports) {
    const std::size_t equals = text.find('=');
    const std::string format = text.substr(0, equals);
    const R* report = find(format);
    if (!report)
      fail(unknown_name("report format", format,
                        names_of(all(), [](const R& r) { return r.name; })));
    const std::string file = equals == text.npos ? "-" : text.substr(equals + 1);
    if (file.empty()) fail("--report: '" + text + "' names no file");
    if (file != "-" && !files.insert(absolute(file)).second)
      fail("--report: two outputs would go to '" + file + "'");
    reports.emplace_back(report, file == "-" ? "" : file);
  }
  if (reports.empty()) reports.emplace_back(find(first), "");
  return reports;
}

}  // namespace qbench
