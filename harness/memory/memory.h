// SPDX-License-Identifier: Apache-2.0
// Verb memory: what a model takes in each mode, before anything is downloaded or run.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/memory/memory_page.h"

namespace qbench {

struct MemoryQuestion {
  std::string model;               // a name, a config.json, a checkpoint
  std::vector<std::string> modes;  // as recipes_of takes them
  Use use;
  bool own_context = false;  // the context of `use` is a default, cut to the model's positions
  bool published = false;    // the page of published figures in place of a model's
};

// The page that answers, in at most `width` columns. Throws std::exception with one line for a
// model that is not known or cannot be read, and for modes that are not known or cannot be used as
// asked.
std::string memory_text(const MemoryQuestion& question, std::size_t width = kMemoryWidth);

// Prints memory_text. Returns 0.
int run_memory(const MemoryQuestion& question);

}  // namespace qbench
