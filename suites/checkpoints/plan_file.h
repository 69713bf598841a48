// SPDX-License-Identifier: Apache-2.0
// A plan as `qbench model --plan json` writes it: a mode for each tensor.
#pragma once

#include <map>
#include <string>

#include "reference/mode.h"

namespace qbench {

struct PlannedMode {
  const Mode* mode = nullptr;
  int block_size = 0;  // 0: the mode has no blocks
};

// By name of the tensor. Throws std::runtime_error with one line, after the file's name.
std::map<std::string, PlannedMode> read_plan(const std::string& file);

}  // namespace qbench
