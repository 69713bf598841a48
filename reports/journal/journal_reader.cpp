// SPDX-License-Identifier: Apache-2.0
// Reads journals back into results.
#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "reports/fields.h"
#include "reports/journal/journal.h"

namespace qbench {
namespace {

using Json = nlohmann::ordered_json;

// Texts are views into the JSON.
Value value_of(const Json& json) {
  if (json.is_string()) return std::string_view(json.get_ref<const std::string&>());
  if (json.is_number_unsigned()) return json.get<std::uint64_t>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number()) return json.get<double>();
  throw std::invalid_argument("neither a text nor a number");
}

Result result_of(const Json& line) {
  Result result;
  for (const Field& field : result_fields())
    if (const auto found = line.find(field.name); found != line.end()) try {
        field.set(result, value_of(*found));
      } catch (const std::invalid_argument& error) {
        throw std::invalid_argument(std::string(field.name) + ": " + error.what());
      }
  if (result.id.empty()) throw std::invalid_argument("a result without a case");
  return result;
}

Environment environment_of(const Json& line) {
  Environment environment;
  for (const auto& [name, value] : line.items())
    if (name != "type" && value.is_string())
      environment.emplace_back(name, value.get<std::string>());
  return environment;
}

void add_line(const std::string& text, std::vector<JournalRun>& runs) {
  const Json line = Json::parse(text);
  const std::string type = line.value("type", "");
  if (type == "environment")
    runs.push_back({environment_of(line), {}});
  else if (runs.empty())
    throw std::invalid_argument("no journal of qbench: its first line is no environment");
  else if (type == "result")
    runs.back().results.push_back(result_of(line));
}

}  // namespace

std::vector<JournalRun> read_journal(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("cannot read " + path);
  std::vector<JournalRun> runs;
  std::string torn;  // error of a torn line, after which only a new run may follow
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.empty()) continue;
    try {
      const std::size_t before = runs.size();
      add_line(line, runs);
      if (!torn.empty() && runs.size() == before) throw std::runtime_error(torn);
      torn.clear();
    } catch (const std::exception& error) {
      if (!torn.empty()) throw std::runtime_error(torn);
      torn = fmt::format("{}:{}: {}", path, number, error.what());
    }
  }
  if (runs.empty())
    throw std::runtime_error(torn.empty() ? path + " holds no run: give what --journal wrote"
                                          : torn);
  return runs;
}

}  // namespace qbench
