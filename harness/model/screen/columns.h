// SPDX-License-Identifier: Apache-2.0
// Lines of text in columns, as wide as their contents.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qbench {

using Cells = std::vector<std::string>;

// One line a row, two blanks between columns. `sides` has a letter a column: 'l' (left), 'r'
// (right) or 's' (left, names that are shortened to fit lines into `width`, but not below 12
// columns).
std::vector<std::string> in_columns(const std::vector<Cells>& rows, std::string_view sides,
                                    std::size_t width);

// A name of a layer in at most so many columns: its end, which says more than its begin, after the
// numbers that are cut off, which tell layers and experts apart: "10...attn.q_proj".
std::string shortened_name(const std::string& name, std::size_t width);

}  // namespace qbench
