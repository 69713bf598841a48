// SPDX-License-Identifier: Apache-2.0
// Checks keys and depth while the JSON library parses.
#include "suites/checkpoints/strict_json.h"

#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "reports/text/text.h"
#include "suites/checkpoints/fail_file.h"
#include "suites/checkpoints/safetensors/safetensors_header.h"
#include "suites/checkpoints/safetensors/safetensors_mistaken.h"

namespace qbench {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 16;  // indexes and configurations have up to 6

// Throws for text that is not JSON. The error names the kind of file if that is recognized, else
// the place where the JSON breaks off.
[[noreturn]] void fail_as_json(std::string_view text, std::string_view problem) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  const bool looks_like_json = begin != text.npos && (text[begin] == '{' || text[begin] == '[');
  const std::string is = mistaken_for_safetensors(std::as_bytes(std::span(text)));
  fail_file(looks_like_json || is.empty() ? "is not valid JSON: " + json_problem(problem) : is);
}

}  // namespace

Json parse_strict_json(std::string_view text) {
  std::vector<std::set<std::string>> keys;  // one set per open object
  const auto check = [&keys](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > kMaxDepth) fail_file("nested too deeply");
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second)
      fail_file("duplicate key " + in_quotes(parsed.get<std::string>()));
    return true;
  };
  try {
    return Json::parse(text.begin(), text.end(), check);
  } catch (const Json::exception& error) {
    fail_as_json(text, error.what());
  }
}

}  // namespace qbench
