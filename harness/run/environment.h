// SPDX-License-Identifier: Apache-2.0
// The conditions under which figures are taken.
#pragma once

#include <string>

#include "reports/result.h"

namespace qbench {

// date, host, cpu, cores, threads, instruction_set, memory, os, compiler, flags, revision, cuda,
// gpu, seed ...
Environment environment(int threads, std::uint64_t seed);

// Bytes that this process may still take: the machine's available memory, or what its control group
// (or one above it) leaves if that is less; infinity where neither can be read. `root` is where
// /proc and /sys are.
double available_memory(const std::string& root = "");

}  // namespace qbench
