// SPDX-License-Identifier: Apache-2.0
// Other programs: run to their end, with what they said.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace qbench {

struct Ended {
  int code;                // exit code; 128 + the number of the signal that ended it
  std::string out;         // stdout
  std::string err;         // stderr
  bool timed_out = false;  // and was killed for it
};

struct Command {
  std::vector<std::string> arguments = {};  // the program first, looked up in PATH
  std::vector<std::pair<std::string, std::string>> environment =
      {};                    // set besides this process's own
  std::string folder = {};   // to run in; empty: this one
  bool show_stderr = false;  // as it comes, not kept
  double timeout = 0;        // seconds after which it is killed; 0: none
};

// Throws std::runtime_error where the program cannot be started.
Ended run_process(const Command& command);

// The last line of a text that is not blank: what a program that failed had to say.
std::string last_line(const std::string& text);

// As a shell takes it, for people to copy.
std::string shell_line(const std::vector<std::string>& arguments);

// A folder for files of this process alone, gone with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();  // throws std::runtime_error
  TemporaryFolder(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace qbench
