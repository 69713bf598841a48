// SPDX-License-Identifier: Apache-2.0
// Interprets and checks each text of the command line.
#include "harness/cli/options_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>

#include <algorithm>
#include <stdexcept>

#include "harness/cli/option_texts.h"
#include "kernels/device/cuda_device.h"
#include "suites/axis_values.h"
#include "suites/mode_sets.h"

namespace qbench {
namespace {

// What the sides of ab are given. Either may be a revision with other sets of modes, or with none,
// so modes have their names. Pairs use one thread by default: with several, the time of a run also
// depends on when each gets a core, which no minimum of a few runs removes.
RawOptions for_sides(RawOptions raw, const Sweep& sweep) {
  const Names names = names_of(sweep.modes, [](const Mode* mode) { return mode->name; });
  if (raw.only_case.empty())
    raw.axes[kModesOption] =
        names.size() == all_modes().size() ? "all" : fmt::format("{}", fmt::join(names, ","));
  if (raw.threads.empty()) raw.threads = "1";
  return raw;
}

// The options in the form that another qbench takes.
std::vector<std::string> sweep_arguments(const RawOptions& raw) {
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string_view, const std::string*>> options;
  for (const Axis& axis : all_axes())
    if (const auto text = raw.axes.find(axis.option); text != raw.axes.end())
      options.emplace_back(axis.option, &text->second);
  options.insert(options.end(), {{"--kernel-library", &raw.kernel_libraries},
                                 {"--tensors", &raw.tensors},
                                 {"--min-rank", &raw.min_rank},
                                 {"--filter", &raw.filter},
                                 {"--case", &raw.only_case},
                                 {"--threads", &raw.threads}});
  for (const auto& [name, value] : options)
    if (!value->empty()) arguments.insert(arguments.end(), {std::string(name), *value});
  const std::pair<const char*, const std::vector<std::string>*> lists[] = {
      {"--weights", &raw.weights},
      {"--against", &raw.against},
      {"--exclude", &raw.excluded},
      {"--layout", &raw.layouts}};
  for (const auto& [name, values] : lists)
    for (const std::string& value : *values) arguments.insert(arguments.end(), {name, value});
  return arguments;
}

Sweep sweep_of_options(const RawOptions& raw, bool judges, const KernelTable& kernels) {
  Sweep sweep;
  for (const Axis& axis : all_axes()) {
    if (axis.parse == nullptr) continue;
    const std::string& typed = raw.axes.at(axis.option);
    axis.parse(axis, sweep, typed.empty() && judges ? std::string(axis.judged) : typed, kernels);
  }
  return sweep;
}

// The id with the mode's name as the table has it, in lower case.
std::string with_mode_name(std::string id) {
  constexpr std::string_view kPart = "/mode:";
  const std::size_t part = id.find(kPart), begin = part + kPart.size();
  if (part == id.npos) return id;
  const std::size_t size = std::min(id.find('/', begin), id.size()) - begin;
  return id.replace(begin, size, lowered(id.substr(begin, size)));
}

// A tensor that the id names is not in the sweep yet: open_weights fills in those of the file.
Sweep sweep_of_case(const RawOptions& raw) {
  try {
    Sweep sweep = sweep_of(std::string_view(raw.only_case));
    const bool real = !sweep.tensors.empty();
    if (real && raw.weights.empty()) fail("it is of a real tensor: give its file with --weights");
    if (!real && !raw.weights.empty()) fail("it is of generated weights: leave out --weights");
    const Shape& layer = sweep.shapes.front();
    if (!fits({sweep.m.empty() ? 0 : sweep.m.front(), layer.n, layer.k}))
      fail("m, n and k must be positive, m * n * k below 2^62");
    sweep.tensors.clear();
    return sweep;
  } catch (const std::invalid_argument& error) {
    fail("--case " + raw.only_case + ": " + error.what());
  }
}

// Interprets --tensors, --exclude, --min-rank and --layout. Refuses --against without --weights
// too.
TensorRules tensor_rules(const RawOptions& raw, const VerbRow& verb) {
  for (const char* option : {"--against", "--tensors", "--exclude", "--min-rank", "--layout"})
    if (raw.weights.empty() && std::ranges::find(raw.given, option) != raw.given.end())
      fail(std::string(option) + " is of real tensors: give --weights FILE");
  TensorRules rules;
  rules.exclude = raw.excluded;
  rules.if_absent = kDownloadOrExclude;
  for (const std::string& text : raw.layouts) rules.layouts.push_back(parse_layout_rule(text));
  if (!raw.min_rank.empty())
    rules.min_rank = number("--min-rank", raw.min_rank, 0, "a whole number");
  Names which = {"linear", "all"};
  if (verb.verb == Verb::model || verb.verb == Verb::convert)
    which = {std::begin(kScopeNames), std::end(kScopeNames)};
  if (!raw.tensors.empty() && std::ranges::find(which, raw.tensors) == which.end())
    fail(unknown_name("choice of --tensors", raw.tensors, which));
  rules.linear_only = raw.tensors == "linear";
  return rules;
}

void set_outputs(Options& options, const RawOptions& raw, const VerbRow& verb) {
  if (verb.verb == Verb::model) options.model = model_options(raw);
  if (verb.verb == Verb::convert) options.convert = convert_options(raw, options.sweep);
  if (verb.judges)
    options.gate = gate_options(raw, verb.verb);
  else
    options.reports = reports<Report>(raw, all_reports, find_report, "table");
  options.journal = raw.journal;
  options.append = raw.append;
  options.quiet = raw.quiet;
  options.dry_run = raw.dry_run;
  if (raw.append && raw.journal.empty()) fail("--append needs --journal FILE");
  for (const char* output : {"--journal", "--report"})
    if (raw.dry_run && std::ranges::find(raw.given, output) != raw.given.end())
      fail(std::string("--dry-run runs and writes nothing: leave out ") + output);
}

}  // namespace

Options options_of(RawOptions raw, const VerbRow& verb, SharedKernels kernels) {
  raw.only_case = with_mode_name(raw.only_case);
  Options options;
  options.verb = verb.verb;
  options.kernels = std::move(kernels);
  options.sweep = raw.only_case.empty() ? sweep_of_options(raw, verb.judges, *options.kernels)
                                        : sweep_of_case(raw);
  options.given = raw.given;
  options.twice = raw.twice;
  options.journals = raw.journals;
  options.explained = modes_of(raw.explained);
  if (verb.verb == Verb::explain && options.explained.empty())
    throw std::invalid_argument(
        "explain: name a mode, as in 'explain nf4'; --list modes shows all");
  if (verb.verb == Verb::memory) options.memory = memory_question(raw.memory);
  options.weights = raw.weights;
  options.against = raw.against;
  options.tensor_rules = tensor_rules(raw, verb);
  options.totals_of_all = raw.tensors == "all";
  options.sweep_arguments =
      sweep_arguments(verb.verb == Verb::ab ? for_sides(raw, options.sweep) : raw);
  if (!raw.policy.empty() && !options.sweep_arguments.empty())
    fail("--policy names the sweeps itself: leave out " + options.sweep_arguments.front());
  if (options.sweep.suites.empty() && verb.needs_suite) {
    if (raw.weights.empty())
      fail(
          "nothing to do: give --suite (roundtrip, gemm, ...) or --weights; see --help and --list");
    options.sweep.suites = {find_suite("roundtrip")};
  }
  options.require_cuda = raw.require_cuda;
  if (const std::string why = cuda_status().unusable(); raw.require_cuda && !why.empty())
    fail("--require-cuda: " + why);
  set_outputs(options, raw, verb);
  set_run(options, raw);
  options.filter = raw.filter;
  const RE2 filter(raw.filter, RE2::Quiet);
  if (!filter.ok()) fail("--filter: '" + raw.filter + "': " + filter.error());
  options.only_case = raw.only_case;
  return options;
}

}  // namespace qbench
