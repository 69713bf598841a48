// SPDX-License-Identifier: Apache-2.0
// The command line, in one struct.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/cli/verb.h"
#include "kernels/kernel.h"
#include "reports/findings/finding.h"
#include "reports/results/report.h"
#include "suites/checkpoints/tensor_rules.h"
#include "suites/suite.h"

namespace qbench {

// Cases point into the table, which lives as long as the options that they were expanded from.
using SharedKernels = std::shared_ptr<const KernelTable>;
SharedKernels built_in_kernels();

// Which cases run in processes of their own.
enum class Isolate { none, libraries, all };

// Of gate, ab and compare.
struct GateOptions {
  std::string errors;   // LEDGER, or empty
  bool update = false;  // the ledger
  std::string policy;   // FILE, or empty
  std::string base;     // of the policy: executable or git revision to compare with, or empty
  // Of ab: executables, git revisions or libraries of kernels. No new side: this executable.
  std::string old_side, new_side;
  std::string base_journal, new_journal;  // of compare
  std::optional<double> threshold;        // of a ratio of times less 1
  bool calibrate = false, instructions = false;
  std::vector<std::string> only;  // of the gates of the policy; empty: all
  std::vector<std::pair<const FindingReport*, std::string>> reports;  // and the file; empty: stdout
};

struct Options {
  Verb verb = Verb::sweep;
  Verbs verbs;                                 // all that there are, for the lines of a policy
  SharedKernels kernels = built_in_kernels();  // and those of libraries
  GateOptions gate;
  std::vector<std::string> sweep_arguments;  // those that were typed, for another qbench
  std::vector<std::string> given;            // the names of all options that were typed
  std::vector<std::string> twice;            // of those of one value that were typed again
  std::vector<std::string> journals;         // of report
  Sweep sweep;  // with `shapes` from --shapes; `tensors` are filled in from `weights` by main
  std::vector<std::string> weights;  // FILE[:REGEX] each
  TensorRules tensor_rules;          // which of their tensors, and how they are taken
  bool totals_of_all = false;        // not of linear layers and convolutions alone
  bool require_cuda = false;
  std::vector<std::pair<const Report*, std::string>> reports;  // and the file; empty: stdout
  std::string journal;
  bool append = false;
  int threads = 0;        // 0: all that this process may use
  double min_time = 0.1;  // seconds of samples a case, at least
  std::string filter;     // RE2 on case ids
  std::string only_case;  // --case ID
  bool dry_run = false;
  bool quiet = false;
  bool timed = true;
  bool count_instructions = false;
  Isolate isolate = Isolate::libraries;
  double case_timeout = 600;  // seconds of an isolated case, at most
};

// Whether a side of ab is a library of kernels: a file NAME.so.
bool is_library(const std::string& side);

// What runs one case of these options again in another qbench: its id, and what that leaves open.
std::vector<std::string> arguments_of_case(const Options& options, const std::string& id);

// What --list prints, all of it or one part: "suites", "modes", "kernels", ... Throws
// std::invalid_argument for a part that there is not.
std::string list_text(const std::string& part, const KernelTable& kernels);

}  // namespace qbench
