// SPDX-License-Identifier: Apache-2.0
// The conditions under which figures are measured.
#pragma once

#include <string>

#include "reports/result.h"

namespace qbench {

// date, host, cpu, cores, threads, instruction_set, memory, os, compiler, flags, revision, cuda,
// gpu, seed ...
Environment environment(int threads, std::uint64_t seed);

// Bytes that this process may still allocate: the machine's available memory, or less if its
// control group or one above it leaves less; infinity if neither can be read. `root` holds /proc
// and /sys.
double available_memory(const std::string& root = "");

// Buffers of 1 MiB and more are returned to the system when freed from this call on, but for those
// that fit between what is in use then. For work that goes from layer to layer.
void return_freed_buffers();

}  // namespace qbench
