// SPDX-License-Identifier: Apache-2.0
// Texts of options to numbers, names and reports: what the values of a sweep and of its gates
// share.
#pragma once

#include <charconv>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "harness/cli/options_values.h"
#include "suites/names.h"

namespace qbench {

using Names = std::vector<std::string>;

[[noreturn]] inline void fail(const std::string& message) { throw std::invalid_argument(message); }

template <class Number>
Number number(const std::string& option, const std::string& text, Number least, const char* what) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) fail(option + ": '" + text + "' is too large");
  if (error != std::errc() || end != text.data() + text.size() || !(value >= least))
    fail(option + ": '" + text + "' is not " + what);
  return value;
}

template <class Range, class Name>
Names names_of(const Range& range, Name name) {
  Names names;
  for (const auto& item : range) names.emplace_back(name(item));
  return names;
}

inline std::string absolute(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

// Each FORMAT, FORMAT=- or FORMAT=FILE, with what `find` and `all` know of formats; `first` where
// none is given.
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
