// SPDX-License-Identifier: Apache-2.0
// What the reports in Markdown share.
#pragma once

#include <string>
#include <string_view>

namespace qbench {

// Names as they are, whatever Markdown would make of them.
std::string escaped(std::string_view text);

}  // namespace qbench
