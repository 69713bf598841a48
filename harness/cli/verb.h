// SPDX-License-Identifier: Apache-2.0
// VerbRow: one thing that the command can do, and what the command line has to know of it.
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

enum class Verb { sweep, gate, ab, compare, report, selftest };

// Options of a sweep that go with the same verbs.
enum class OptionGroup {
  cases,      // of all that run the cases of a sweep
  filter,     // of ids
  processes,  // of cases in processes of their own
  reports,
  journal,
  sweep  // of no other verb
};

struct VerbRow {
  Verb verb;
  std::string_view name;  // of the subcommand; empty: what is done without one
  std::string_view help;
  std::set<OptionGroup> takes;  // of the options of a sweep
  bool judges;                  // its reports are of findings
  bool needs_suite;             // there is nothing to do without --suite or --weights
  void (*add_options)(CLI::App&, RawOptions&);  // its own
  int (*run)(const Options&);                   // returns the exit code
};

using Verbs = std::span<const VerbRow>;

// The options that only the verb has, for the rows of the table.
void add_gate_options(CLI::App& app, RawOptions& raw);
void add_ab_options(CLI::App& app, RawOptions& raw);
void add_compare_options(CLI::App& app, RawOptions& raw);
void add_report_options(CLI::App& app, RawOptions& raw);
inline void add_no_options(CLI::App&, RawOptions&) {}

}  // namespace qbench
