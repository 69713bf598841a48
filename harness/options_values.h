// SPDX-License-Identifier: Apache-2.0
// The command line as text, and what it means.
#pragma once

#include <string>
#include <vector>

#include "harness/options.h"

namespace qbench {

// As typed; empty where an option was not given. Lists are separated by commas.
struct Typed {
  std::string suites, modes, block_sizes, dtypes, shapes, inputs, kernels, devices;
  std::string kernel_libraries;
  std::string weights, journal, seed, threads, min_time, filter, only_case, errors;
  std::vector<std::string> reports;
  bool require_cuda = false, append = false, list = false, dry_run = false, update = false;
};

// Throws std::invalid_argument with one line that says what to do.
Options options_of(const Typed& typed);

}  // namespace qbench
