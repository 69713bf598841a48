// SPDX-License-Identifier: Apache-2.0
// Makes text from files safe for terminals, and measures and cuts it in columns of a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace qbench {

// Escapes everything but printable UTF-8: control and format characters (including those that
// change the direction of writing), line and paragraph separators, private and unassigned code
// points, and bytes that are not UTF-8. Escapes are \n \r \t, \x1b below U+0080, \u{202e} above,
// and \xff for bytes. A backslash is kept, so that the function is idempotent.
std::string printable(std::string_view text);

// Columns that printable text takes: 2 for a wide character, 0 for a combining one.
std::size_t display_width(std::string_view text);

// Bytes of the longest prefix of at most `width` columns that neither cuts a character nor
// separates it from its combining marks.
std::size_t fitting(std::string_view text, std::size_t width);

// Quotes, escapes and shortens a text of a file for errors and terminals.
std::string in_quotes(std::string_view text);

// Shortens the middle of a text, to at most `width` columns.
std::string shorten(std::string_view text, std::size_t width);

// Pads with blanks to `width` columns.
std::string pad(std::string_view text, std::size_t width, bool right_aligned);

}  // namespace qbench
