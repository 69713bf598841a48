// SPDX-License-Identifier: Apache-2.0
// The width of tables.
#pragma once

#include <cstddef>

namespace qbench {

inline constexpr std::size_t kFileWidth = 120;  // of tables outside terminals

// Columns of the terminal behind a file descriptor, or `otherwise` if it is not a terminal.
std::size_t terminal_width(int descriptor, std::size_t otherwise);

// Columns of a table on stdout: COLUMNS if that is a number, else the terminal's, else kFileWidth;
// at least 60.
std::size_t table_width();

}  // namespace qbench
