// SPDX-License-Identifier: Apache-2.0
// Policies of tests, from their text.
#pragma once

#include <stdexcept>
#include <string>

#include "harness/gates/policy.h"
#include "reports/file.h"
#include "tests/harness/gates/sides.h"

namespace qbench::test {

inline Policy policy_of(const std::string& text) {
  const TemporaryFolder folder;
  write_file(folder.path() + "/p.toml", text);
  return read_policy(folder.path() + "/p.toml");
}

// The error in a file, after its name.
inline std::string refusal(const std::string& text) {
  try {
    policy_of(text);
  } catch (const std::invalid_argument& error) {
    const std::string said = error.what();
    return said.substr(said.find("p.toml") + 6);
  }
  return "none";
}

}  // namespace qbench::test
