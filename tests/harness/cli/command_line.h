// SPDX-License-Identifier: Apache-2.0
// Command lines of tests, and what the command makes of them.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/command.h"
#include "harness/verbs.h"
#include "tests/catch.h"

namespace qbench::test {

inline Parsed parse(const std::vector<std::string>& arguments) {
  std::vector<const char*> pointers = {"qbench"};
  for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
  return read_command(static_cast<int>(pointers.size()), pointers.data(), all_verbs());
}

// The options of a line without mistakes.
inline Options good(const std::vector<std::string>& arguments) {
  const Parsed parsed = parse(arguments);
  CHECK(parsed.err == "");
  CHECK(!parsed.exit_code.has_value());
  return parsed.options;
}

// The error line of a mistake, which ends with exit code 1 and nothing on stdout.
inline std::string error(const std::vector<std::string>& arguments) {
  const Parsed parsed = parse(arguments);
  CHECK(parsed.exit_code.value_or(0) == 1);
  CHECK(parsed.out == "");
  CHECK(parsed.err.find('\n') == std::string::npos);
  return parsed.err;
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

}  // namespace qbench::test
