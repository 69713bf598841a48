// SPDX-License-Identifier: Apache-2.0
// Each text of the command line to what it means, checked.
#include "harness/cli/options_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

#include "harness/cli/option_texts.h"
#include "kernels/device/cuda_device.h"
#include "kernels/library/load_library.h"

namespace qbench {
namespace {

template <class T>
void add_once(std::vector<T>& list, const T& value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

// Each name of a comma-separated list, as what `find` makes of it (false: there is no such thing).
template <class T, class Find>
std::vector<T> lookup(const char* option, const char* kind, const std::string& text,
                      const Names& known, Find find) {
  std::vector<T> found;
  if (text.empty()) return found;
  for (const std::string& name : split_list(option, text)) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      fail(unknown_name(kind, name, known));
    add_once(found, T(find(name)));
  }
  return found;
}

template <class Enum, std::size_t count>
std::vector<Enum> enumerators(const char* option, const char* kind, const std::string& text,
                              const std::string_view (&names)[count]) {
  const Names known(names, names + count);
  return lookup<Enum>(option, kind, text, known, [&](const std::string& name) {
    return static_cast<Enum>(std::find(known.begin(), known.end(), name) - known.begin());
  });
}

std::vector<const Mode*> modes(const std::string& text) {
  const std::vector<const Mode*> all(all_modes().begin(), all_modes().end());
  if (text.empty()) return all;
  Names known = names_of(all, [](const Mode* mode) { return mode->name; });
  known.push_back("all");
  const auto modes = lookup<const Mode*>("--modes", "mode", text, known, find_mode);
  return std::find(modes.begin(), modes.end(), nullptr) == modes.end() ? modes : all;
}

std::vector<int> block_sizes(const std::string& text) {
  std::vector<int> sizes;
  if (text.empty()) return sizes;
  for (const std::string& size : split_list("--block-sizes", text))
    add_once(sizes, number("--block-sizes", size, 1, "a positive whole number"));
  return sizes;
}

// Positive, and m * n * k below 2^62; m may be 0.
bool fits(const Shape& shape) {
  constexpr std::int64_t kMost = (std::int64_t{1} << 62) - 1;
  const std::int64_t m = std::max<std::int64_t>(shape.m, 1);
  return shape.m >= 0 && shape.n > 0 && shape.k > 0 && shape.n <= kMost / shape.k &&
         m <= kMost / (shape.n * shape.k);
}

// MxNxK, or NxK with the suite's own m (0).
Shape shape_of(const std::string& text) {
  std::vector<std::int64_t> sizes;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('x', begin), text.size());
    sizes.push_back(number("--shapes", text.substr(begin, end - begin), std::int64_t{1},
                           "a positive whole number, as in 16x4096x4096"));
    begin = end + 1;
  }
  if (sizes.size() == 2) sizes.insert(sizes.begin(), 0);
  if (sizes.size() != 3) fail("--shapes: '" + text + "' is not MxNxK, NxK or the name of a model");
  const Shape shape{sizes[0], sizes[1], sizes[2]};
  if (!fits(shape)) fail("--shapes: '" + text + "' is too large: m * n * k must stay below 2^62");
  return shape;
}

std::vector<Shape> shapes(const std::string& text) {
  std::vector<Shape> shapes;
  if (text.empty()) return shapes;
  for (const std::string& name : split_list("--shapes", text)) {
    if (std::isdigit(static_cast<unsigned char>(name[0]))) {
      add_once(shapes, shape_of(name));
      continue;
    }
    const Model* model = find_model(name);
    if (!model)
      fail(unknown_name("model", name,
                        names_of(all_models(), [](const Model& m) { return m.name; })));
    for (const Layer& layer : model->layers) add_once(shapes, {0, layer.n, layer.k});
  }
  return shapes;
}

std::string unknown_device(const std::string& name) {
  if (name == "gpu" || name == "cuda" || name == "nvidia")
    return "unknown device '" + name + "': the first GPU is 'cuda:0'";
  return unknown_name("device", name, Names{"auto", "cpu", "emulated", "cuda:0"});
}

std::vector<std::string> devices(const std::string& text) {
  Names devices;
  if (text.empty()) return devices;
  for (const std::string& name : split_list("--device", text)) {
    if (name != "auto" && name != "cpu" && name != "emulated" &&
        !RE2::FullMatch(name, "cuda:[0-9]{1,4}"))
      fail(unknown_device(name));
    add_once(devices, name);
  }
  return devices;
}

// As another qbench takes them. Pairs are of one thread by default: on several the time of a run
// also depends on when each gets a core, and no minimum of a few runs is free of that.
std::vector<std::string> sweep_arguments(const RawOptions& raw, Verb verb) {
  std::vector<std::string> arguments;
  const std::pair<const char*, const std::string*> options[] = {
      {"--suite", &raw.suites},
      {"--modes", &raw.modes},
      {"--block-sizes", &raw.block_sizes},
      {"--dtypes", &raw.dtypes},
      {"--shapes", &raw.shapes},
      {"--inputs", &raw.inputs},
      {"--kernels", &raw.kernels},
      {"--kernel-library", &raw.kernel_libraries},
      {"--device", &raw.devices},
      {"--tensors", &raw.tensors},
      {"--min-rank", &raw.min_rank},
      {"--filter", &raw.filter},
      {"--case", &raw.only_case},
      {"--seed", &raw.seed},
      {"--threads", &raw.threads}};
  for (const auto& [name, value] : options)
    if (!value->empty()) arguments.insert(arguments.end(), {name, *value});
  const std::pair<const char*, const std::vector<std::string>*> lists[] = {
      {"--weights", &raw.weights}, {"--exclude", &raw.excluded}, {"--layout", &raw.layouts}};
  for (const auto& [name, values] : lists)
    for (const std::string& value : *values) arguments.insert(arguments.end(), {name, value});
  if (verb == Verb::ab && raw.threads.empty())
    arguments.insert(arguments.end(), {"--threads", "1"});
  return arguments;
}

// Before any name of a kernel is looked up.
void load_kernel_libraries(const std::string& text) {
  if (text.empty()) return;
  const Names files = split_list("--kernel-library", text);
  try {
    for (const std::string& file : files) load_kernel_library(file);
  } catch (const std::invalid_argument& error) {
    fail(std::string("--kernel-library: ") + error.what());
  }
}

// A side that is a library: its kernels are those that are compared, unless others are named.
void load_side(RawOptions& raw) {
  const std::string& library = is_library(raw.new_side) ? raw.new_side : raw.old_side;
  if (!is_library(library)) return;
  load_kernel_libraries(library);
  if (!raw.kernels.empty()) return;
  Names names;
  for (const Kernel& kernel : all_kernels())
    if (kernel.foreign) add_once(names, std::string(kernel.name));
  raw.kernels = fmt::format("{}", fmt::join(names, ","));
}

Sweep sweep_of_options(const RawOptions& raw) {
  const auto name = [](const auto& item) { return item.name; };
  Sweep sweep;
  sweep.suites = lookup<const Suite*>("--suite", "suite", raw.suites, names_of(all_suites(), name),
                                      find_suite);
  sweep.modes = modes(raw.modes);
  sweep.block_sizes = block_sizes(raw.block_sizes);
  sweep.dtypes = enumerators<Dtype>("--dtypes", "dtype", raw.dtypes, kDtypeNames);
  sweep.shapes = shapes(raw.shapes);
  sweep.inputs = enumerators<Input>("--inputs", "input", raw.inputs, kInputNames);
  sweep.kernels =
      lookup<std::string>("--kernels", "kernel", raw.kernels, names_of(all_kernels(), name),
                          [](auto kernel) { return kernel; });
  sweep.devices = devices(raw.devices);
  if (!raw.seed.empty())
    sweep.seed = number("--seed", raw.seed, std::uint64_t{0}, "a whole number below 2^64");
  return sweep;
}

// A tensor that the id names is not in the sweep yet: main fills in all those of the file.
Sweep sweep_of_case(const RawOptions& raw) {
  try {
    Sweep sweep = sweep_of(std::string_view(raw.only_case));
    const bool real = !sweep.tensors.empty();
    if (real && raw.weights.empty()) fail("it is of a real tensor: give its file with --weights");
    if (!real && !raw.weights.empty()) fail("it is of generated weights: leave out --weights");
    if (!fits(sweep.shapes.front())) fail("m, n and k must be positive, m * n * k below 2^62");
    sweep.tensors.clear();
    return sweep;
  } catch (const std::invalid_argument& error) {
    fail("--case " + raw.only_case + ": " + error.what());
  }
}

// --tensors, --exclude, --min-rank and --layout.
TensorRules tensor_rules(const RawOptions& raw) {
  for (const char* option : {"--tensors", "--exclude", "--min-rank", "--layout"})
    if (raw.weights.empty() && std::ranges::find(raw.given, option) != raw.given.end())
      fail(std::string(option) + " is of real tensors: give --weights FILE");
  TensorRules rules;
  rules.exclude = raw.excluded;
  for (const std::string& text : raw.layouts) rules.layouts.push_back(parse_layout_rule(text));
  if (!raw.min_rank.empty())
    rules.min_rank = number("--min-rank", raw.min_rank, 0, "a whole number");
  const Names which = {"linear", "all"};
  if (!raw.tensors.empty() && std::ranges::find(which, raw.tensors) == which.end())
    fail(unknown_name("choice of --tensors", raw.tensors, which));
  rules.linear_only = raw.tensors == "linear";
  return rules;
}

void set_outputs(Options& options, const RawOptions& raw, Verb verb) {
  if (verb == Verb::sweep || verb == Verb::report)
    options.reports = reports<Report>(raw, all_reports, find_report, "table");
  else
    options.gate = gate_options(raw, verb);
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

Options options_of(const RawOptions& given, Verb verb) {
  Options options;
  options.verb = verb;
  RawOptions raw = given;
  load_kernel_libraries(raw.kernel_libraries);
  if (verb == Verb::ab) load_side(raw);
  if (raw.list) return options;
  options.sweep = raw.only_case.empty() ? sweep_of_options(raw) : sweep_of_case(raw);
  options.given = raw.given;
  options.twice = raw.twice;
  options.journals = raw.journals;
  options.weights = raw.weights;
  options.tensor_rules = tensor_rules(raw);
  options.totals_of_all = raw.tensors == "all";
  options.sweep_arguments = sweep_arguments(raw, verb);
  if (!raw.policy.empty() && !options.sweep_arguments.empty())
    fail("--policy names the sweeps itself: leave out " + options.sweep_arguments.front());
  const bool sweeps = verb == Verb::sweep || verb == Verb::ab;
  if (options.sweep.suites.empty() && sweeps) {
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
