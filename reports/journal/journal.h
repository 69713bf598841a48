// SPDX-License-Identifier: Apache-2.0
// The journal: JSON Lines, one finished case a line, flushed as it ends. A crash at case 97
// keeps 96.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/result.h"

namespace qbench {

// One line without its newline. Absent figures are left out; numbers keep every digit.
std::string journal_line(const Environment& environment);
std::string journal_line(const Result& result);

// What one process wrote.
struct JournalRun {
  Environment environment;
  std::vector<Result> results;
};

// The runs of a journal, in its order. Fields that this version does not know are passed over, and
// so is a torn last line. Throws std::runtime_error, "FILE:LINE: ...", for what is no journal.
std::vector<JournalRun> read_journal(const std::string& path);

// The conditions of all runs: names in the order of their first, values that differ joined by
// " | ".
Environment merged(std::span<const JournalRun> runs);

class Journal {
 public:
  enum class Open { create, append };
  // create refuses a file that exists; append ends a torn last line first. Writes the environment's
  // line. Throws std::runtime_error that says what to do.
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
