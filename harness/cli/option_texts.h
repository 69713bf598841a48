// SPDX-License-Identifier: Apache-2.0
// Parses the texts of options that verbs share, and rejects invalid ones.
#pragma once

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "harness/cli/options_values.h"
#include "suites/checkpoints/models/left_alone.h"
#include "suites/names.h"

namespace qbench {

[[noreturn]] inline void fail(const std::string& message) { throw std::invalid_argument(message); }

// The scope that --tensors names; absent if it is not given. Its names were checked.
inline std::optional<Scope> scope_of(const std::string& text) {
  const auto found = std::ranges::find(kScopeNames, text);
  if (found == std::end(kScopeNames)) return std::nullopt;
  return static_cast<Scope>(found - std::begin(kScopeNames));
}

inline std::string absolute(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

// The outputs of each FORMAT, FORMAT=- or FORMAT=FILE of an option, with their files. `find` looks
// a format up by name, `all` lists them. No file may be in `files`, to which they are added.
template <class R, class All, class Find>
std::vector<std::pair<const R*, std::string>> outputs(const std::string& option,
                                                      const std::vector<std::string>& texts,
                                                      std::string_view kind, All all, Find find,
                                                      std::set<std::string>& files) {
  std::vector<std::pair<const R*, std::string>> outputs;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    const std::string format = text.substr(0, equals);
    const R* output = find(format);
    if (!output)
      fail(unknown_name(kind, format, names_of(all(), [](const R& r) { return r.name; })));
    const std::string file = equals == text.npos ? "-" : text.substr(equals + 1);
    if (file.empty()) fail(option + ": '" + text + "' names no file");
    if (file != "-" && !files.insert(absolute(file)).second)
      fail(option + ": two outputs would go to '" + file + "'");
    outputs.emplace_back(output, file == "-" ? "" : file);
  }
  return outputs;
}

// The reports that were asked for; `first` to stdout if none was given.
template <class R, class All, class Find>
std::vector<std::pair<const R*, std::string>> reports(const RawOptions& raw, All all, Find find,
                                                      std::string_view first) {
  std::set<std::string> files;
  if (!raw.journal.empty()) files.insert(absolute(raw.journal));
  auto found = outputs<R>("--report", raw.reports, "report format", all, find, files);
  if (found.empty()) found.emplace_back(find(first), "");
  return found;
}

}  // namespace qbench
