// SPDX-License-Identifier: Apache-2.0
// Policy: which gates there are, over which sweeps, with which thresholds; one TOML file. Files and
// programs that it names are found from the current folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/gates/ab/instruction_gate.h"
#include "harness/gates/ab/speed_policy.h"

namespace qbench {

// Options of a sweep, as the command line takes them.
using Arguments = std::vector<std::string>;

struct Policy {
  struct Errors {
    std::string ledger;
    Arguments sweep;  // empty: the cases of the ledger
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
    Arguments command;  // prints findings, a line of JSON each (report "jsonl")
  };

  bool inconclusive_fails = false;
  std::optional<Errors> errors;
  std::optional<Speed> speed;
  std::optional<Instructions> instructions;
  std::optional<External> statics;
};

// Throws std::invalid_argument, "FILE:LINE: ..." with what to do: for what is no TOML, for keys
// that there are not and for values of another kind.
Policy read_policy(const std::string& file);

}  // namespace qbench
