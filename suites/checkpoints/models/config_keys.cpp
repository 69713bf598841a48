// SPDX-License-Identifier: Apache-2.0
// Looks keys up, and says what is wrong with them.
#include "suites/checkpoints/models/config_keys.h"

#include <stdexcept>

#include "reports/text/text.h"

namespace qbench {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kMost = std::int64_t{1} << 24;

[[noreturn]] void fail(const char* key, const std::string& message) {
  throw std::runtime_error("key '" + std::string(key) + "' " + message);
}

[[noreturn]] void fail_missing(const char* key) {
  throw std::runtime_error("has no key '" + std::string(key) + "', which the sizes follow from");
}

// A value as it stands in the file; objects could be anything and of any length.
std::string shown(const Json& value) {
  return value.is_structured()
             ? (value.is_object() ? "an object" : "a list")
             : in_quotes(value.dump(-1, ' ', true, Json::error_handler_t::replace));
}

std::int64_t whole(const char* key, const Json& value, std::int64_t least) {
  if (!value.is_number_integer() || value > kMost || value < least)
    fail(key,
         "must be a whole number from " + std::to_string(least) + " to 2^24, not " + shown(value));
  return value.get<std::int64_t>();
}

}  // namespace

const Json* ConfigKeys::find(const char* key) const {
  const auto found = json_.find(key);
  return found == json_.end() || found->is_null() ? nullptr : &*found;
}

std::int64_t ConfigKeys::number(const char* key) const {
  const Json* value = find(key);
  if (value == nullptr) fail_missing(key);
  return whole(key, *value, 1);
}

std::int64_t ConfigKeys::number(const char* key, std::int64_t otherwise) const {
  return has(key) ? number(key) : otherwise;
}

std::int64_t ConfigKeys::count(const char* key) const {
  const Json* value = find(key);
  if (value == nullptr) fail_missing(key);
  return whole(key, *value, 0);
}

bool ConfigKeys::flag(const char* key, bool otherwise) const {
  const Json* value = find(key);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) fail(key, "must be true or false, not " + shown(*value));
  return value->get<bool>();
}

std::string ConfigKeys::text(const char* key) const {
  const Json* value = find(key);
  if (value == nullptr) fail_missing(key);
  if (!value->is_string()) fail(key, "must be a string, not " + shown(*value));
  return value->get<std::string>();
}

std::int64_t ConfigKeys::occurrences(const char* key, const char* text) const {
  const Json* list = find(key);
  if (list == nullptr) return -1;
  if (!list->is_array()) fail(key, "must be a list, not " + shown(*list));
  std::int64_t found = 0;
  for (const Json& item : *list) {
    if (!item.is_string()) fail(key, "must be a list of strings");
    found += item == text ? 1 : 0;
  }
  return found;
}

void ConfigKeys::only(const char* key, const Json& value) const {
  if (const Json* found = find(key); found && *found != value)
    fail(key, "is read as " + value.dump() + " alone, not as " + shown(*found));
}

}  // namespace qbench
