// SPDX-License-Identifier: Apache-2.0
// The command line as CLI11 sees it; what each text means is in options_values.cpp.
#include "harness/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <set>
#include <stdexcept>

#include "harness/names.h"
#include "harness/options_values.h"
#include "revision.h"

namespace qbench {
namespace {

constexpr const char* kDescription =
    "qbench measures what quantized weights cost and what they lose: error, bits per parameter,\n"
    "time and memory of every mode, at the shapes of real layers or on your own weights.\n";

constexpr const char* kFooter = R"(
Lists are separated by commas; an option may be given again.

Examples
  qbench --suite gemm --modes nf4,fp4,int8
  qbench --suite roundtrip --modes nf4,nf4-dq,int4 --block-sizes 32,64,128
  qbench --suite gemv,gemm --shapes llama-3-8b,1x4096x4096 --inputs normal,outliers
  qbench --weights model.safetensors:q_proj --modes nf4,int8 --report markdown=weights.md
  qbench --suite gemm --journal run.jsonl --report table --report json=run.json
  qbench gate --errors errors.ledger
  qbench ab main HEAD --suite gemv --modes nf4 --shapes 1x1024x1024

Exit codes
  0  fine
  1  wrong use, or qbench itself failed
  2  a wrong result, or errors that are not those of the ledger
  3  slower, more instructions or a worse compiled kernel than allowed
  4  inconclusive: neither a change of speed nor its absence is shown
  5  the two sides cannot be compared, or a ledger is of devices that are not here
  77 only GPU cases were asked for and there is no GPU)";

// --- Options

constexpr const char* kSweep = "What to measure";
constexpr const char* kWhere = "With what";
constexpr const char* kOutput = "Output";

CLI::Option* list(CLI::App& app, const char* name, std::string& value, const char* help) {
  return app.add_option(name, value, help)->type_name("LIST")->join(',')->group(kSweep);
}

// Given twice, the last counts.
CLI::Option* single(CLI::App& app, const char* name, std::string& value, const char* type,
                    const char* help) {
  return app.add_option(name, value, help)->type_name(type)->take_last();
}

void add_sweep(CLI::App& app, Typed& typed) {
  list(app, "--suite", typed.suites,
       "roundtrip (error of the weights), quantize, dequantize, gemv, gemm");
  list(app, "--modes", typed.modes, "nf4,fp4,int8 ... or all (default); bf16 is always added");
  list(app, "--block-sizes", typed.block_sizes,
       "Weights that share a scale; default: the mode's own");
  list(app, "--dtypes", typed.dtypes,
       "fp32, fp16, bf16: of a product's activations and results; default: the mode's own");
  list(app, "--shapes", typed.shapes,
       "MxNxK, NxK (m: the suite's own) or a model's name; default: llama-2-7b");
  list(app, "--inputs", typed.inputs,
       "normal (default), student-t, uniform, outliers, boundaries (of codes), scales, specials");
  single(app, "--weights", typed.weights, "FILE[:REGEX]",
         "Real tensors (safetensors file, index or folder); alone: --suite roundtrip")
      ->group(kSweep);
  single(app, "--filter", typed.filter, "REGEX",
         "Only the cases whose id matches (RE2, unanchored)")
      ->group(kSweep);
  single(app, "--case", typed.only_case, "ID",
         "Exactly this case, as --dry-run and the journal name it")
      ->group(kSweep);
}

void add_where(CLI::App& app, Typed& typed) {
  list(app, "--kernels", typed.kernels, "Which implementations; default: all")->group(kWhere);
  list(app, "--kernel-library", typed.kernel_libraries,
       "Your own kernels too, from shared libraries (kernels/kernel_library.h)")
      ->type_name("FILE")
      ->group(kWhere);
  list(app, "--device", typed.devices,
       "cpu, cuda:0, emulated (CUDA kernels, untimed) or auto (default: cpu and GPUs)")
      ->group(kWhere);
  app.add_flag("--require-cuda", typed.require_cuda, "A missing GPU is an error")->group(kWhere);
  single(app, "--threads", typed.threads, "N",
         "Of the CPU; default: all that qbench may use; 1 of ab")
      ->group(kWhere);
  single(app, "--seed", typed.seed, "N", "Of the generated inputs; default: 1")->group(kWhere);
  single(app, "--min-time", typed.min_time, "SECONDS",
         "Time each case for at least so long; default: 0.1")
      ->group(kWhere);
  app.add_flag("--count-instructions", typed.count_instructions,
               "Of one run too, on one thread (Linux perf_event)")
      ->group(kWhere);
}

void add_output(CLI::App& app, Typed& typed) {
  app.add_option("--report", typed.reports,
                 "table (default), markdown, csv, json; to stdout or FILE; again for more")
      ->type_name("FORMAT[=FILE]")
      ->allow_extra_args(false)
      ->group(kOutput);
  single(app, "--journal", typed.journal, "FILE",
         "One line of JSON a case, as it ends; FILE must be new")
      ->group(kOutput);
  app.add_flag("--append", typed.append, "Add to the journal")->group(kOutput);
  app.add_flag("--list", typed.list, "Print suites, modes, kernels, models, ... and exit")
      ->group(kOutput);
  app.add_flag("--dry-run", typed.dry_run, "Print the ids of the cases and exit")->group(kOutput);
  app.set_help_flag("-h,--help", "Print this and exit")->group(kOutput);
  app.set_version_flag("--version",
                       "qbench " + std::string(kVersion) + " (" + std::string(kRevision) + ")",
                       "Print the version and exit")
      ->group(kOutput);
}

// --- Subcommands: they take the options of a sweep that apply to them

struct Subcommand {
  Verb verb;
  CLI::App* app;
  std::set<std::string> takes;  // of the sweep's options
};

// "--report: text (what ...), markdown (...)" of what gates find.
std::string judged_reports() {
  std::string text = "--report, of what is found\n";
  for (const FindingReport& report : finding_reports())
    text += "  " + std::string(report.name) + std::string(26 - report.name.size(), ' ') +
            std::string(report.summary) + "\n";
  return text;
}

CLI::App* subcommand(CLI::App& app, const char* name, const char* help) {
  CLI::App* sub = app.add_subcommand(name, help);
  sub->fallthrough();
  sub->allow_extras();
  sub->footer("\n" + judged_reports() + "\nThe options of a sweep that apply: see qbench --help.");
  return sub;
}

const std::set<std::string> kSweepOptions = {
    "--suite",  "--modes",        "--block-sizes", "--dtypes",  "--shapes",
    "--inputs", "--filter",       "--case",        "--kernels", "--kernel-library",
    "--device", "--require-cuda", "--threads",     "--seed",    "--report"};

std::set<std::string> with(std::set<std::string> options, std::set<std::string> more) {
  options.merge(more);
  return options;
}

Subcommand add_gate(CLI::App& app, Typed& typed) {
  CLI::App* gate =
      subcommand(app, "gate", "Fail on what a ledger of errors or a policy does not allow");
  single(*gate, "--errors", typed.errors, "LEDGER",
         "Compare errors with it, exactly; without --suite: the cases that it has");
  gate->add_flag("--update", typed.update, "Record what cases come to, and show what changed");
  single(*gate, "--policy", typed.policy, "FILE", "Every gate that it names (TOML)");
  single(*gate, "--base", typed.old_side, "OLD",
         "With --policy: executable or git revision to compare speed with");
  list(*gate, "--gates", typed.gates, "Only these of the policy: errors,speed,instructions,static")
      ->group("Options");
  return {Verb::gate, gate, with(kSweepOptions, {"--weights"})};
}

Subcommand add_ab(CLI::App& app, Typed& typed) {
  CLI::App* ab = subcommand(app, "ab", "Compare the speed of two builds, by pairs of processes");
  ab->add_option("OLD", typed.old_side, "A qbench, or a git revision, which is built")->required();
  ab->add_option("NEW", typed.new_side, "The same; default: this qbench");
  single(
      *ab, "--threshold", typed.threshold, "SHARE",
      "What counts as a change, as in 5% or 0.05; default: the least that this machine can tell");
  ab->add_flag("--calibrate", typed.calibrate,
               "Compare OLD with itself, and keep what this machine can tell");
  ab->add_flag("--instructions", typed.instructions,
               "Count instructions on one thread in place of time (perf_event, else valgrind)");
  return {Verb::ab, ab, with(kSweepOptions, {"--weights", "--journal"})};
}

Subcommand add_compare(CLI::App& app, Typed& typed) {
  CLI::App* compare = subcommand(app, "compare", "Compare two journals, BASE and NEW");
  compare->add_option("BASE", typed.old_side, "A journal")->required();
  compare->add_option("NEW", typed.new_side, "A journal")->required();
  return {Verb::compare, compare, {"--filter", "--report"}};
}

Subcommand add_selftest(CLI::App& app, Typed&) {
  return {Verb::selftest,
          subcommand(app, "selftest", "Inject faults, and see the harness catch every one"),
          {}};
}

// Which subcommand was given, none for a sweep. Throws where an option does not go with it.
const Subcommand* chosen(const CLI::App& app, const std::vector<Subcommand>& subcommands) {
  for (const Subcommand& sub : subcommands) {
    if (!sub.app->parsed()) continue;
    for (const CLI::Option* option : app.get_options())
      if (option->count() && !sub.takes.contains(option->get_name(false, false)))
        throw std::invalid_argument(sub.app->get_name() + " does not take " +
                                    option->get_name(false, false) + ": leave it out");
    return &sub;
  }
  return nullptr;
}

// What no option took.
void refuse_extras(const CLI::App& app) {
  const std::vector<std::string> extras = app.remaining(true);
  if (extras.empty()) return;
  const std::string& extra = extras.front();
  if (extra.front() != '-')
    throw std::invalid_argument("unexpected '" + extra +
                                "': lists are separated by commas, without spaces");
  std::vector<std::string> known;
  std::vector<const CLI::App*> apps = app.get_subcommands({});
  apps.push_back(&app);
  for (const CLI::App* each : apps)
    for (const CLI::Option* option : each->get_options())
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  throw std::invalid_argument(unknown_name("option", extra.substr(0, extra.find('=')), known));
}

// --case names a case whole.
void refuse_beside_case(const CLI::App& app) {
  if (app.count("--case") == 0) return;
  for (const char* name : {"--suite", "--modes", "--block-sizes", "--dtypes", "--shapes",
                           "--inputs", "--filter", "--kernels", "--device", "--seed"})
    if (app.count(name))
      throw std::invalid_argument(std::string("--case names a case whole: leave out ") + name);
}

std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

Parsed mistake(const std::exception& error) {
  Parsed parsed;
  parsed.exit_code = 1;
  parsed.err = "qbench: " + one_line(error.what());
  return parsed;
}

Parsed text(std::string out) {
  Parsed parsed;
  parsed.exit_code = 0;
  parsed.out = std::move(out);
  return parsed;
}

}  // namespace

Parsed parse_options(int argc, const char* const* argv) {
  Typed typed;
  CLI::App app(kDescription, "qbench");
  app.footer(kFooter);
  app.get_formatter()->column_width(28);
  app.allow_extras();
  add_sweep(app, typed);
  add_where(app, typed);
  add_output(app, typed);
  const std::vector<Subcommand> subcommands = {add_gate(app, typed), add_ab(app, typed),
                                               add_compare(app, typed), add_selftest(app, typed)};
  try {
    app.parse(argc, argv);
    refuse_extras(app);
    const Subcommand* sub = chosen(app, subcommands);
    refuse_beside_case(app);
    if (app.count("--weights") && app.count("--shapes"))
      throw std::invalid_argument(
          "--shapes and --weights cannot be combined: real weights have their own shapes");
    Parsed parsed;
    parsed.options = options_of(typed, sub ? sub->verb : Verb::sweep);
    return typed.list ? text(list_text()) : parsed;
  } catch (const CLI::CallForHelp&) {
    return text(app.help());
  } catch (const CLI::CallForVersion& version) {
    return text(one_line(version.what()) + "\n");
  } catch (const std::exception& error) {
    return mistake(error);
  }
}

}  // namespace qbench
