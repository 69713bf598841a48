// SPDX-License-Identifier: Apache-2.0
// Ledger: exact figures of cases as text, in a file whose changes are read as a diff.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace qbench {

// The figures of one case: name to text.
using Entry = std::map<std::string, std::string, std::less<>>;

// Entries by the id of their case. The file has one line per case, sorted by id:
//   ID FIELD=TEXT FIELD=TEXT ...
// Blanks, control characters and % in an id are written as % and two hexadecimal digits.
using Ledger = std::map<std::string, Entry, std::less<>>;

// Lines that begin with # are comments. Throws std::runtime_error, "FILE:LINE: ...", for a
// malformed line and for a repeated case.
Ledger read_ledger(const std::string& file);
std::string ledger_text(const Ledger& ledger, std::string_view comment);

// The line number of a case in the file; 0 if it is missing.
int line_of(const std::string& file, std::string_view id);

// A field whose text differs; a text is empty if that side lacks the field.
struct Difference {
  std::string field, before, after;
  bool operator==(const Difference&) const = default;
};
std::vector<Difference> differences(const Entry& before, const Entry& after);

}  // namespace qbench
