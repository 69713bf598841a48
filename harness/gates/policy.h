// SPDX-License-Identifier: Apache-2.0
// Policy: the gates of a repository, with their sweeps and thresholds, in one TOML file. Paths in
// it are relative to the current folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/gates/ab/instruction_gate.h"
#include "harness/gates/ab/speed_policy.h"

namespace qbench {

// Options of a sweep, as on the command line.
using Arguments = std::vector<std::string>;

struct Policy {
  struct Errors {
    std::string ledger;
    Arguments sweep;  // empty: all cases of the ledger
  };
  struct Speed {
    SpeedPolicy allowed;
    Arguments sweep;
  };
  struct Instructions {
    InstructionRule rule;
    Arguments sweep;
  };
  struct External {
    Arguments command;  // prints findings as report "jsonl": one line of JSON each
  };

  bool inconclusive_fails = false;
  std::optional<Errors> errors;
  std::optional<Speed> speed;
  std::optional<Instructions> instructions;
  std::optional<External> statics;
};

// Throws std::invalid_argument, "FILE:LINE: ..." with what to do, for invalid TOML, unknown keys
// and values of the wrong type.
Policy read_policy(const std::string& file);

}  // namespace qbench
