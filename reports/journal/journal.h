// SPDX-License-Identifier: Apache-2.0
// The journal: JSON Lines, one line per finished case, written as it ends. A crash at case 97 keeps
// 96.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/result.h"

namespace qbench {

// A line without its newline. Absent figures are left out; numbers keep every digit.
std::string journal_line(const Environment& environment);
std::string journal_line(const Result& result);

// The lines that one process wrote.
struct JournalRun {
  Environment environment;
  std::vector<Result> results;
};

// The runs of a journal, in order. Unknown fields and a torn last line are ignored. Throws
// std::runtime_error, "FILE:LINE: ...", for a file that is not a journal.
std::vector<JournalRun> read_journal(const std::string& path);

// The conditions of all runs, in order of appearance. Values that differ are joined by " | ".
Environment merged(std::span<const JournalRun> runs);

class Journal {
 public:
  enum class Open { create, append };
  // `create` rejects an existing file; `append` terminates a torn last line first. Writes the line
  // of the environment. Throws std::runtime_error that says what to do.
  Journal(const std::string& path, Open how, const Environment& environment);
  Journal(Journal&&) = delete;
  ~Journal();
  void add(const Result& result);

 private:
  void write_line(const std::string& line);
  std::string path_;
  int file_;
};

}  // namespace qbench
