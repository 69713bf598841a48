// SPDX-License-Identifier: Apache-2.0
// Text from files, made fit for a terminal; widths and cuts in columns of a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace qbench {

// UTF-8 of printable characters stays as it is. Control and format characters (those that turn the
// direction of writing among them), separators of lines and paragraphs, private and unassigned code
// points become escapes: \n \r \t, \x1b below U+0080, \u{202e} above; so do bytes that are no UTF-8
// (\xff). A backslash stays, so that text which has been through here once stays as it is.
std::string printable(std::string_view text);

// Columns that printable text takes: 2 for a wide character, 0 for a combining one.
std::size_t display_width(std::string_view text);

// Bytes of the longest beginning of at most `width` columns. No character is cut, nor parted from
// its combining marks.
std::size_t fitting(std::string_view text, std::size_t width);

// Shortened in its middle to at most `width` columns.
std::string shorten(std::string_view text, std::size_t width);

// Filled up with blanks to `width` columns.
std::string pad(std::string_view text, std::size_t width, bool right_aligned);

}  // namespace qbench
