// SPDX-License-Identifier: Apache-2.0
// Programs that pass for a qbench: shell scripts that write a given journal.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "harness/process/process.h"
#include "tests/catch.h"
#include "tests/harness/cli/command_line.h"

namespace qbench::test {

inline void write_script(const std::string& path, const std::string& body) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path) << "#!/bin/bash\n" << body;
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

// One case that takes so many microseconds; `more` are fields of its line, after a comma.
inline std::string fake_qbench(const std::string& microseconds, const std::string& more = "") {
  return R"(while [ $# -gt 0 ]; do [ "$1" = --journal ] && file=$2; shift; done
echo '{"type":"environment","host":"h","compiler":"GCC"}' >"$file"
echo '{"type":"result","case":"gemv/mode:nf4/n:8","suite":"gemv","device":"cpu","status":"passed",)"
         R"("samples":7,"seconds":1,"seconds_min":)" +
         microseconds + "e-6" + more + "}' >>\"$file\"\n";
}

inline Options options_of(const std::vector<std::string>& line) {
  const Parsed parsed = parse(line);
  REQUIRE(parsed.err == "");
  return parsed.options;
}

// An environment variable of a test, which restores it at its end.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  ~Variable() { before_.empty() ? ::unsetenv(name_) : ::setenv(name_, before_.c_str(), 1); }

 private:
  const char* name_;
  std::string before_;
};

}  // namespace qbench::test
