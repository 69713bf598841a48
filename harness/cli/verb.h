// SPDX-License-Identifier: Apache-2.0
// VerbRow: one thing that the command can do, as the command line needs to know it.
#pragma once

#include <set>
#include <span>
#include <string_view>

namespace CLI {
class App;
}

namespace qbench {

struct Options;
struct RawOptions;

enum class Verb { sweep, model, gate, ab, compare, report, explain, memory, convert, selftest };

// Groups of sweep options; the options of a group go with the same verbs.
enum class OptionGroup {
  cases,        // taken by every verb that runs cases
  layers,       // of these those that a network's layers have too
  activations,  // those of the layers' inputs
  originals,    // what errors of real weights are against
  filter,       // selects cases by id
  processes,    // isolation of cases
  reports,
  journal,
  sweep  // taken by no other verb
};

struct VerbRow {
  Verb verb;
  std::string_view name;  // subcommand; empty: the command without one
  std::string_view help;
  std::set<OptionGroup> takes;                  // groups of sweep options that it accepts
  bool judges;                                  // it reports findings, not results
  bool needs_suite;                             // it requires --suite or --weights
  void (*add_options)(CLI::App&, RawOptions&);  // adds its own options
  int (*run)(const Options&);                   // returns the exit code
};

using Verbs = std::span<const VerbRow>;

// Options that belong to one verb alone, for the rows of the table.
void add_model_options(CLI::App& app, RawOptions& raw);
void add_gate_options(CLI::App& app, RawOptions& raw);
void add_ab_options(CLI::App& app, RawOptions& raw);
void add_compare_options(CLI::App& app, RawOptions& raw);
void add_report_options(CLI::App& app, RawOptions& raw);
void add_explain_options(CLI::App& app, RawOptions& raw);
void add_memory_options(CLI::App& app, RawOptions& raw);
void add_convert_options(CLI::App& app, RawOptions& raw);
inline void add_no_options(CLI::App&, RawOptions&) {}

}  // namespace qbench
