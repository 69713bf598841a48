// SPDX-License-Identifier: Apache-2.0
// ConfigKeys: the keys of a config.json, strictly typed.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace qbench {

// Every function throws std::runtime_error with one line that names the key. A key whose value is
// null counts as absent, as in transformers.
class ConfigKeys {
 public:
  // `json` is an object and outlives this.
  explicit ConfigKeys(const nlohmann::json& json) : json_(json) {}

  bool has(const char* key) const { return find(key) != nullptr; }
  // A whole number from 1 to 2^24.
  std::int64_t number(const char* key) const;
  std::int64_t number(const char* key, std::int64_t otherwise) const;
  // A whole number from 0 to 2^24.
  std::int64_t count(const char* key) const;
  bool flag(const char* key, bool otherwise) const;
  std::string text(const char* key) const;
  // How often the list of texts has this one; -1 without the list.
  std::int64_t occurrences(const char* key, const char* text) const;
  // Throws unless the key is absent or has this value: other ones are not read.
  void only(const char* key, const nlohmann::json& value) const;

 private:
  const nlohmann::json* find(const char* key) const;

  const nlohmann::json& json_;
};

}  // namespace qbench
