// SPDX-License-Identifier: Apache-2.0
// The table of options, and what it says of a command line.
#include "harness/cli/option_scope.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace qbench {
namespace {

const std::set<Verb> kSweeps = {Verb::sweep, Verb::gate, Verb::ab};
const std::set<Verb> kSweepAlone = {Verb::sweep};

std::string mode_of(const Case& c) { return std::string(c.mode->name); }
std::string suite_of(const Case& c) { return std::string(c.suite->name); }
std::string device_of(const Case& c) { return c.device; }
std::string input_of(const Case& c) {
  return c.uses_input() ? std::string(name(c.input)) : suite_of(c) + " of real weights";
}

bool has_blocks(const Case& c) { return !c.mode->block_sizes.empty(); }
bool has_dtype(const Case& c) { return c.suite->op != Op::roundtrip; }
bool is_seeded(const Case& c) {
  return c.uses_input() && (c.suite->op == Op::matmul || !is_fixed(c.input));
}
bool is_timed(const Case& c) { return c.kernel && c.kernel->timed; }
bool is_on_cpu(const Case& c) { return c.kernel && c.kernel->device == "cpu"; }

const OptionScope kScopes[] = {
    {"--suite", kSweeps},
    {"--modes", kSweeps},
    {"--block-sizes", kSweeps, has_blocks, mode_of, "it has no choice of blocks"},
    {"--dtypes", kSweeps, has_dtype, suite_of, "it has no activations or results of a type"},
    {"--shapes", kSweeps},
    {"--inputs", kSweeps, [](const Case& c) { return c.uses_input(); }, input_of,
     "nothing is generated"},
    {"--weights", kSweeps},
    {"--tensors", kSweeps},
    {"--exclude", kSweeps},
    {"--min-rank", kSweeps},
    {"--layout", kSweeps},
    {"--filter", {Verb::sweep, Verb::gate, Verb::ab, Verb::compare, Verb::report}},
    {"--case", kSweeps},
    {"--kernels", kSweeps},
    {"--kernel-library", kSweeps},
    {"--device", kSweeps},
    {"--require-cuda", kSweeps},
    {"--threads", kSweeps},
    {"--seed", kSweeps, is_seeded, input_of, "nothing random is generated"},
    {"--min-time", kSweepAlone, is_timed, device_of, "it is not timed"},
    {"--no-time", kSweepAlone, is_timed, device_of, "it is never timed"},
    {"--count-instructions", kSweepAlone, is_on_cpu, device_of, "only the CPU's are counted"},
    {"--isolate", {Verb::sweep, Verb::gate}},
    {"--case-timeout", {Verb::sweep, Verb::gate}},
    {"--report", {Verb::sweep, Verb::gate, Verb::ab, Verb::compare, Verb::report}},
    {"--journal", {Verb::sweep, Verb::ab}},
    {"--append", kSweepAlone},
    {"--list", kSweepAlone},
    {"--dry-run", kSweepAlone},
    {"--quiet", kSweeps},
};

const OptionScope* find_scope(std::string_view option) {
  const auto found = std::ranges::find(kScopes, option, &OptionScope::option);
  return found == std::end(kScopes) ? nullptr : found;
}

// "roundtrip, int8", each once; empty where the option applies to every case.
std::string others(const OptionScope& scope, const std::vector<const Case*>& cases) {
  std::vector<std::string> names;
  for (const Case* c : cases)
    if (!scope.applies(*c) && std::ranges::find(names, scope.other(*c)) == names.end())
      names.push_back(scope.other(*c));
  return fmt::format("{}", fmt::join(names, ", "));
}

// Shapes whose m no case of the sweep has.
std::string note_on_m(const Options& options, const std::vector<const Case*>& cases) {
  const bool typed =
      std::ranges::any_of(options.sweep.shapes, [](const Shape& shape) { return shape.m > 0; });
  if (!typed || !options.only_case.empty()) return "";
  for (const Case* c : cases)
    if (c->suite->op != Op::matmul)
      return fmt::format("the m of --shapes makes no difference to {}", c->suite->name);
  return "";
}

}  // namespace

std::span<const OptionScope> option_scopes() { return kScopes; }

void check_verb(const std::vector<std::string>& given, Verb verb, std::string_view verb_name) {
  for (const std::string& option : given)
    if (const OptionScope* scope = find_scope(option); scope && !scope->verbs.contains(verb))
      throw std::invalid_argument(
          fmt::format("{} does not take {}: leave it out", verb_name, option));
}

std::string notes_on_options(const Options& options, const std::vector<Case>& cases) {
  refuse_unused(options, cases);
  std::vector<const Case*> asked;
  for (const Case& c : cases)
    if (!c.added && c.skip.empty()) asked.push_back(&c);
  std::vector<std::string> notes;
  for (const std::string& option : options.given) {
    const OptionScope* scope = find_scope(option);
    if (asked.empty() || !scope || !scope->applies || !options.only_case.empty()) continue;
    const std::string names = others(*scope, asked);
    if (names.empty()) continue;
    const std::string what =
        fmt::format("{} makes no difference to {} ({})", option, names, scope->why);
    if (std::ranges::none_of(asked, [&](const Case* c) { return scope->applies(*c); }))
      throw std::invalid_argument(what + ": leave it out");
    notes.push_back(what);
  }
  if (std::string note = note_on_m(options, asked); !note.empty()) notes.push_back(note);
  return fmt::format("{}", fmt::join(notes, "; "));
}

void refuse_unused(const Options& options, const std::vector<Case>& cases) {
  const auto given = [&](std::string_view option) {
    return std::ranges::find(options.given, option) != options.given.end();
  };
  const auto none = [&](auto has) { return !cases.empty() && std::ranges::none_of(cases, has); };
  if (given("--kernel-library") &&
      none([](const Case& c) { return c.kernel && c.kernel->foreign; }))
    throw std::invalid_argument(
        "--kernel-library: none of its kernels is for what was asked: see --list kernels");
  if (given("--weights") && none([](const Case& c) { return c.tensor.has_value(); }))
    throw std::invalid_argument("--weights: none of the cases is of a real tensor: leave it out");
}

std::string tell_notes(const Options& options, const std::vector<Case>& cases) {
  std::string notes = notes_on_options(options, cases);
  if (!notes.empty()) fmt::print(stderr, "qbench: {}\n", notes);
  return notes;
}

}  // namespace qbench
