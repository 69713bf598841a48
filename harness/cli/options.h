// SPDX-License-Identifier: Apache-2.0
// The command line, in one struct.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/cli/verb.h"
#include "harness/memory/memory.h"
#include "kernels/kernel.h"
#include "reports/findings/finding.h"
#include "reports/results/report.h"
#include "suites/checkpoints/models/left_alone.h"
#include "suites/checkpoints/tensors/tensor_rules.h"
#include "suites/suite.h"

namespace qbench {

// The kernel table. Cases point into it; the options that they were expanded from keep it alive.
using SharedKernels = std::shared_ptr<const KernelTable>;
SharedKernels built_in_kernels();

// The cases that run in processes of their own: none, those of kernel libraries, or all.
enum class Isolate { none, libraries, all };

// Options of the verbs gate, ab and compare.
struct GateOptions {
  std::string errors;   // LEDGER, or empty
  bool update = false;  // the ledger
  std::string policy;   // FILE, or empty
  std::string base;     // gate --policy: executable or git revision to compare with, or empty
  // ab: executables, git revisions or kernel libraries; an empty new_text means this executable.
  std::string old_text, new_text;
  std::string base_journal, new_journal;  // compare
  std::optional<double> threshold;        // ab: allowed ratio of times - 1
  bool calibrate = false, instructions = false;
  std::vector<std::string> only;  // gates of the policy to run; empty: all
  std::vector<std::pair<const FindingReport*, std::string>> reports;  // and file; empty: stdout
};

struct PlanFormat;
struct Target;

// Options of the verb model.
struct ModelOptions {
  Scope scope = Scope::linear;  // --tensors
  bool all_layers = false;      // print every layer
  bool timed = false;           // time products of the layers' shapes
  // The budget of a plan: bits a parameter of the layers, or bytes of the whole model.
  std::optional<double> bits = {}, memory = {};
  std::vector<std::pair<const PlanFormat*, std::string>> plans = {};  // and file; empty: stdout
};

// Options of the verb convert. Its modes and block sizes are those of the sweep.
struct ConvertOptions {
  std::string out;                 // a path
  const Target* target = nullptr;  // --container
  std::optional<Scope> scope;      // --tensors; else that of the software that reads such files
  std::string plan;                // FILE, or empty
};

struct Options {
  Verb verb = Verb::sweep;
  Verbs verbs;                                 // all verbs: sweeps of a policy are parsed with them
  SharedKernels kernels = built_in_kernels();  // built-in kernels and those of libraries
  GateOptions gate;
  ModelOptions model;
  ConvertOptions convert;
  std::vector<std::string> sweep_arguments;  // the typed options of the sweep, for another qbench
  std::vector<std::string> given;            // names of all typed options
  std::vector<std::string> twice;            // single-valued options that were typed repeatedly
  std::vector<std::string> journals;         // report
  std::vector<const Mode*> explained;        // explain
  MemoryQuestion memory;                     // memory
  Sweep sweep;                               // open_weights fills in `tensors` from `weights`
  std::vector<std::string> weights;          // FILE[:REGEX] each
  std::vector<std::string> against;          // the same of their originals
  TensorRules tensor_rules;                  // selection and layout of their tensors
  bool totals_of_all = false;                // totals also cover norms, embeddings, ...
  bool require_cuda = false;
  std::vector<std::pair<const Report*, std::string>> reports;  // report, file (empty: stdout)
  std::string journal;
  bool append = false;
  int threads = 0;        // 0: all that this process may use
  double min_time = 0.1;  // minimum seconds of samples a case
  std::string filter;     // RE2 on case ids
  std::string only_case;  // --case ID
  bool dry_run = false;
  bool quiet = false;
  bool timed = true;
  bool count_instructions = false;
  Isolate isolate = Isolate::libraries;
  double case_timeout = 600;  // maximum seconds of an isolated case
};

// True if a side of ab is a kernel library: a file NAME.so.
bool is_library(const std::string& side);

// Arguments that rerun one case of these options in another qbench: its id, and the options that
// the id does not determine.
std::vector<std::string> arguments_of_case(const Options& options, const std::string& id);

// The text of --list, in full or one part of it: "suites", "modes", "kernels", ... Throws
// std::invalid_argument for an unknown part.
std::string list_text(const std::string& part, const KernelTable& kernels);

}  // namespace qbench
