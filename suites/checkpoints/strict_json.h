// SPDX-License-Identifier: Apache-2.0
// Reads JSON of untrusted files strictly: repeated keys and deep nesting are errors.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace qbench {

// Throws std::runtime_error with one line. Text that is not JSON is called what it is, if its kind
// is recognized.
nlohmann::json parse_strict_json(std::string_view text);

}  // namespace qbench
