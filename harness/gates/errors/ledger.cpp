// SPDX-License-Identifier: Apache-2.0
// Reads and writes ledgers, and compares entries.
#include "harness/gates/errors/ledger.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

namespace qbench {
namespace {

// Parses "FIELD=TEXT ...". Throws std::invalid_argument.
Entry entry_of(std::istream& words) {
  Entry entry;
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    if (equals == 0 || equals == word.npos)
      throw std::invalid_argument("'" + word + "' is not FIELD=TEXT");
    if (!entry.emplace(word.substr(0, equals), word.substr(equals + 1)).second)
      throw std::invalid_argument("two values of " + word.substr(0, equals));
  }
  if (entry.empty()) throw std::invalid_argument("a case without figures");
  return entry;
}

bool is_separating(unsigned char c) { return c <= ' ' || c == 0x7f || c == '%'; }

// Escapes blanks and control characters, which the name of a tensor may hold, as % and two digits.
std::string encoded(std::string_view id) {
  std::string text;
  for (const char c : id)
    if (is_separating(static_cast<unsigned char>(c)))
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      text += c;
  return text;
}

// Undoes the escapes. A % that begins no code stands for itself.
std::string decoded(std::string_view text) {
  std::string id;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    const bool is_code = text[i] == '%' && digits.size() == 2 && end == digits.data() + 2;
    id += is_code ? static_cast<char>(code) : text[i];
    if (is_code) i += 2;
  }
  return id;
}

std::string text_of(const Entry& entry, const std::string& field) {
  const auto found = entry.find(field);
  return found == entry.end() ? std::string() : found->second;
}

}  // namespace

Ledger read_ledger(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file + ": record it with --update");
  Ledger ledger;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    if (in.eof())
      throw std::runtime_error(fmt::format(
          "{}:{}: cut off, as its end of line is missing: restore the file", file, number));
    try {
      std::istringstream words(line);
      std::string id;
      words >> id;
      if (!ledger.emplace(decoded(id), entry_of(words)).second)
        throw std::invalid_argument("the case is there twice");
    } catch (const std::invalid_argument& error) {
      throw std::runtime_error(fmt::format("{}:{}: {}", file, number, error.what()));
    }
  }
  return ledger;
}

std::string ledger_text(const Ledger& ledger, std::string_view comment) {
  std::string text = fmt::format("# {}\n", comment);
  for (const auto& [id, entry] : ledger) {
    text += encoded(id);
    for (const auto& [field, value] : entry) text += fmt::format(" {}={}", field, value);
    text += '\n';
  }
  return text;
}

int line_of(const std::string& file, std::string_view id) {
  std::ifstream in(file);
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (decoded(std::string_view(line).substr(0, line.find(' '))) == id) return number;
  }
  return 0;
}

std::vector<Difference> differences(const Entry& before, const Entry& after) {
  std::set<std::string> fields;
  for (const Entry* entry : {&before, &after})
    for (const auto& [field, text] : *entry) fields.insert(field);
  std::vector<Difference> all;
  for (const std::string& field : fields)
    if (text_of(before, field) != text_of(after, field))
      all.push_back({field, text_of(before, field), text_of(after, field)});
  return all;
}

}  // namespace qbench
