// SPDX-License-Identifier: Apache-2.0
// The table of option scopes, and the checks of a command line against it.
#include "harness/cli/option_scope.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "suites/axes.h"

namespace qbench {
namespace {

std::string device_of(const Case& c) { return to_text(c.device); }

bool is_timed(const Case& c) { return c.kernel && c.kernel->timed; }
bool is_on_cpu(const Case& c) { return c.kernel && c.kernel->device == DeviceKind::cpu; }

using enum OptionGroup;

// Scopes of the options that are not axes.
const OptionScope kOthers[] = {
    {.option = "--weights", .group = cases},
    {.option = "--against", .group = originals},
    {.option = "--tensors", .group = layers, .in_id = true},
    {.option = "--exclude", .group = layers, .in_id = true},
    {.option = "--min-rank", .group = cases, .in_id = true},
    {.option = "--layout", .group = layers},
    {.option = "--filter", .group = filter, .in_id = true},
    {.option = "--case", .group = cases},
    {.option = "--kernel-library", .group = cases},
    {.option = "--require-cuda", .group = cases},
    {.option = "--threads", .group = layers},
    {"--min-time", sweep, false, is_timed, device_of, "it is not timed"},
    {"--no-time", sweep, false, is_timed, device_of, "it is never timed"},
    {"--count-instructions", sweep, false, is_on_cpu, device_of, "only the CPU's are counted"},
    {.option = "--isolate", .group = processes},
    {.option = "--case-timeout", .group = processes},
    {.option = "--report", .group = reports},
    {.option = "--journal", .group = journal},
    {.option = "--append", .group = sweep},
    {.option = "--list", .group = sweep},
    {.option = "--dry-run", .group = sweep},
};

OptionGroup group_of(const Axis& axis) {
  return axis.of_activations ? activations : axis.of_layers ? layers : cases;
}

std::vector<OptionScope> make_scopes() {
  std::vector<OptionScope> scopes;
  for (const Axis& axis : all_axes())
    if (!axis.option.empty())
      scopes.push_back({axis.option, group_of(axis), true, axis.applies, axis.other, axis.why});
  scopes.insert(scopes.end(), std::begin(kOthers), std::end(kOthers));
  return scopes;
}

// "roundtrip, int8", each once; empty if the option applies to every case.
std::string others(const OptionScope& scope, const std::vector<const Case*>& cases) {
  std::vector<std::string> names;
  for (const Case* c : cases)
    if (!scope.applies(*c) && std::ranges::find(names, scope.other(*c)) == names.end())
      names.push_back(scope.other(*c));
  return fmt::format("{}", fmt::join(names, ", "));
}

// Shapes whose m occurs in no case of the sweep.
std::string note_on_m(const Options& options, const std::vector<const Case*>& cases) {
  const bool typed =
      std::ranges::any_of(options.sweep.shapes, [](const Shape& shape) { return shape.m > 0; });
  if (!typed || !options.only_case.empty()) return "";
  for (const Case* c : cases)
    if (!c->operation().has_x)
      return fmt::format("the m of --shapes makes no difference to {}", c->suite->name);
  return "";
}

}  // namespace

std::span<const OptionScope> option_scopes() {
  static const std::vector<OptionScope> scopes = make_scopes();
  return scopes;
}

const OptionScope* find_scope(std::string_view option) {
  const auto found = std::ranges::find(option_scopes(), option, &OptionScope::option);
  return found == option_scopes().end() ? nullptr : &*found;
}

void check_verb(const std::vector<std::string>& given, const VerbRow& verb) {
  for (const std::string& option : given)
    if (const OptionScope* scope = find_scope(option); scope && !verb.takes.contains(scope->group))
      throw std::invalid_argument(
          fmt::format("{} does not take {}: leave it out", verb.name, option));
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
