// SPDX-License-Identifier: Apache-2.0
// Lines of text in columns, as wide as their contents.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qbench {

using Cells = std::vector<std::string>;

// One line a row, two blanks between columns. `sides` has a letter a column: 'l' (left), 'r' (right)
// or 's' (left, and its begin cut off to fit lines into `width`, but not below 24 columns).
std::vector<std::string> in_columns(const std::vector<Cells>& rows, std::string_view sides,
                                    std::size_t width);

}  // namespace qbench
