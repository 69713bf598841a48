// SPDX-License-Identifier: Apache-2.0
// The command line as text, and its meaning as Options.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/options.h"

namespace qbench {

// The options of memory as typed.
struct RawMemory {
  std::string model, context, batch, cache, lora_rank, optimizer;
  std::vector<std::string> modes;
  bool published = false;
};

// The options of model as typed.
struct RawModel {
  std::string layers, bits, memory;
  std::vector<std::string> plans;
  bool time = false;
};

// The options of convert as typed.
struct RawConvert {
  std::string out, container, plan;
};

// Options as typed; empty if not given. Lists are separated by commas.
struct RawOptions {
  std::map<std::string_view, std::string> axes;  // keyed by option
  std::string kernel_libraries;
  std::vector<std::string> weights, against, excluded, layouts;
  std::string tensors, min_rank;
  std::string journal, threads, min_time, filter, only_case;
  std::string errors, policy, base, old_text, new_text, base_journal, new_journal, threshold, gates;
  std::vector<std::string> reports;
  std::string list_part, isolate, case_timeout;
  std::vector<std::string> given, twice, journals, explained;
  RawModel model;
  RawMemory memory;
  RawConvert convert;
  bool require_cuda = false, append = false, list = false, dry_run = false, update = false;
  bool calibrate = false, instructions = false, count_instructions = false;
  bool quiet = false, no_time = false;
};

// A parsed command line.
struct CommandLine {
  const VerbRow* verb = nullptr;  // one of those given
  RawOptions raw = {};
  std::string answer = {};  // output of --help or --version, which end the command; else empty
};

// Has no side effects: loads no library and looks up no kernel. Throws std::exception, as CLI11
// does, for an invalid command line.
CommandLine parse(int argc, const char* const* argv, Verbs verbs);

// The options that the texts mean; names of kernels are looked up in `kernels`. Throws
// std::invalid_argument with one line that says what to do.
Options options_of(RawOptions raw, const VerbRow& verb, SharedKernels kernels);

// Replaces line breaks by blanks.
std::string one_line(std::string text);

// Sets how each case is run: threads, times, processes.
void set_run(Options& options, const RawOptions& raw);

// The options that belong to memory alone.
MemoryQuestion memory_question(const RawMemory& raw);

// The options that belong to model alone.
ModelOptions model_options(const RawOptions& raw);

// The options that belong to convert alone. `sweep` has its modes.
ConvertOptions convert_options(const RawOptions& raw, const Sweep& sweep);

// The options that belong to gate, ab and compare alone.
GateOptions gate_options(const RawOptions& raw, Verb verb);

}  // namespace qbench
