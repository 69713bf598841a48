// SPDX-License-Identifier: Apache-2.0
// BitsandbytesSetting: how transformers' BitsAndBytesConfig asks for a mode.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reference/mode.h"

namespace qbench {

struct BitsandbytesSetting {
  std::string_view mode;
  std::string_view members;    // of the JSON object, without braces
  std::string_view container;  // the layout of such weights in files (containers.h)
};

// Every mode that bitsandbytes holds.
std::span<const BitsandbytesSetting> bitsandbytes_settings();
// The setting of the mode with the same stored format; nullptr if bitsandbytes has none.
const BitsandbytesSetting* find_bitsandbytes_setting(const Mode& mode);

// The setting with the modules that are skipped, which are all that stay as they are: the list
// takes the place of transformers' own, which is the head alone.
std::string bitsandbytes_config(const BitsandbytesSetting& setting,
                                const std::vector<std::string>& skipped,
                                std::string_view more_members = "");

}  // namespace qbench
