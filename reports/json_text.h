// SPDX-License-Identifier: Apache-2.0
// Text as a string of JSON.
#pragma once

#include <string>
#include <string_view>

namespace qbench {

// In quotes and escaped; invalid UTF-8 becomes U+FFFD.
std::string json_string(std::string_view text);

}  // namespace qbench
