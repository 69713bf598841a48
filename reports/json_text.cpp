// SPDX-License-Identifier: Apache-2.0
// Escapes text as the JSON library does.
#include "reports/json_text.h"

#include <nlohmann/json.hpp>

namespace qbench {

std::string json_string(std::string_view text) {
  using Json = nlohmann::json;
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace qbench
