// SPDX-License-Identifier: Apache-2.0
// Runs the command as people do, for tests.
#pragma once

#include <string>
#include <vector>

#include "harness/process/process.h"
#include "tests/catch.h"

namespace qbench::test {

using Line = std::vector<std::string>;

inline const Line kTiny = {"--suite",  "gemv",    "--modes",    "nf4",
                           "--shapes", "1x32x64", "--min-time", "0"};

inline Ended qbench(Line arguments) {
  arguments.insert(arguments.begin(), QBENCH_EXECUTABLE);
  return run_process({.arguments = std::move(arguments)});
}

inline Line operator+(Line line, const Line& more) {
  line.insert(line.end(), more.begin(), more.end());
  return line;
}

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

}  // namespace qbench::test
