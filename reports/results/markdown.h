// SPDX-License-Identifier: Apache-2.0
// Functions that the reports in Markdown share.
#pragma once

#include <string>
#include <string_view>

namespace qbench {

// Escapes Markdown, so that names appear as they are.
std::string escaped(std::string_view text);

}  // namespace qbench
