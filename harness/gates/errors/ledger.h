// SPDX-License-Identifier: Apache-2.0
// Ledger: what cases came to, as exact text, kept in a file that is compared and read as a diff.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace qbench {

// Of one case: what the figure is called, and its text.
using Entry = std::map<std::string, std::string, std::less<>>;

// By the id of the case. A file has a line "ID FIELD=TEXT FIELD=TEXT ..." each, sorted, in which
// blanks, control characters and % of the id are % and two hexadecimal digits.
using Ledger = std::map<std::string, Entry, std::less<>>;

// Lines that begin with # are comments. Throws std::runtime_error, "FILE:LINE: ..." for a line that
// is no entry and for a case that is there twice.
Ledger read_ledger(const std::string& file);
std::string ledger_text(const Ledger& ledger, std::string_view comment);

// The number of the line of a case in the file; 0 where there is none.
int line_of(const std::string& file, std::string_view id);

// A field whose text is another; empty where there is none.
struct Difference {
  std::string field, before, after;
  bool operator==(const Difference&) const = default;
};
std::vector<Difference> differences(const Entry& before, const Entry& after);

}  // namespace qbench
