// SPDX-License-Identifier: Apache-2.0
// Runs other programs to their end and captures their output.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace qbench {

struct Ended {
  int code;                // exit code, or 128 + the number of the signal that ended it
  std::string out;         // stdout
  std::string err;         // stderr
  bool timed_out = false;  // killed after the timeout
};

struct Command {
  std::vector<std::string> arguments = {};  // the program first, looked up in PATH
  std::vector<std::pair<std::string, std::string>> environment = {};  // added to this process's
  std::string folder = {};   // working directory; empty: the current one
  bool show_stderr = false;  // passes stderr through instead of capturing it
  double timeout = 0;        // seconds after which it is killed; 0: never
};

// Throws std::runtime_error if the program cannot be started.
Ended run_process(const Command& command);

// The last line that is not blank, usually the error message of a failed program.
std::string last_line(const std::string& text);

// Quotes the arguments for a shell, for people to copy.
std::string shell_line(const std::vector<std::string>& arguments);

// A folder for files of this process, removed with the object.
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
