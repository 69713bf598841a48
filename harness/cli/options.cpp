// SPDX-License-Identifier: Apache-2.0
// The command line as CLI11 parses it; options_values.cpp interprets the texts.
#include "harness/cli/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <stdexcept>

#include "harness/cli/option_scope.h"
#include "harness/cli/options_refused.h"
#include "harness/cli/options_values.h"
#include "harness/process/this_build.h"
#include "suites/axes.h"

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
  qbench --suite gemm --m 1,4,16,64 --shapes 4096x4096 --modes gguf,'nf4*'
  qbench --weights model.safetensors:q_proj --modes nf4,int8 --report markdown=weights.md
  qbench --suite gemm --journal run.jsonl --report table --report json=run.json
  qbench model MODEL_FOLDER --bits 4.5
  qbench convert MODEL_FOLDER NEW_FOLDER --modes nf4 --container bitsandbytes
  qbench explain nf4
  qbench memory llama-3-8b
  qbench gate --errors errors.ledger
  qbench ab main HEAD --suite gemv --modes nf4 --shapes 1x1024x1024

Exit codes
  0   fine
  1   wrong use, qbench itself failed, a case that is an error, or nothing of what was asked could be done
  2   a wrong result, or errors that are not those of the ledger
  3   slower, more instructions or a worse compiled kernel than allowed
  4   inconclusive: neither a change of speed nor its absence is shown
  5   the two sides cannot be compared, or a ledger is of devices that are not here
  77  only GPU cases were asked for and there is no GPU
  130 interrupted; the reports are of what was done)";

// --- Options

constexpr const char* kSweep = "What to measure";
constexpr const char* kWhere = "With what";
constexpr const char* kOutput = "Output";

CLI::Option* list(CLI::App& app, std::string_view name, std::string& value, std::string_view help) {
  return app.add_option(std::string(name), value, std::string(help))
      ->type_name("LIST")
      ->join(',')
      ->group(kSweep);
}

// Adds an option whose occurrences all count.
CLI::Option* several(CLI::App& app, const char* name, std::vector<std::string>& values,
                     const char* type, const char* help) {
  return app.add_option(name, values, help)
      ->type_name(type)
      ->allow_extra_args(false)
      ->group(kSweep);
}

// Adds an option of which the last occurrence counts.
CLI::Option* single(CLI::App& app, std::string_view name, std::string& value, const char* type,
                    std::string_view help) {
  return app.add_option(std::string(name), value, std::string(help))->type_name(type)->take_last();
}

// The options listed beside that of an axis.
void add_beside(CLI::App& app, RawOptions& raw, std::string_view axis) {
  if (axis == kKernelsOption)
    list(app, "--kernel-library", raw.kernel_libraries,
         "Your own kernels too, from shared libraries (kernel_library.h)")
        ->type_name("FILE")
        ->group(kWhere);
  if (axis != kDeviceOption) return;
  app.add_flag("--require-cuda", raw.require_cuda, "A missing GPU is an error")->group(kWhere);
  single(app, "--threads", raw.threads, "N",
         "Of the CPU; default: all that qbench may use; 1 of ab")
      ->group(kWhere);
}

void add_axes(CLI::App& app, RawOptions& raw, Heading heading) {
  for (const Axis& axis : all_axes()) {
    if (axis.option.empty() || axis.heading != heading) continue;
    std::string& text = raw.axes[axis.option];
    CLI::Option* option = axis.is_list ? list(app, axis.option, text, axis.help)
                                       : single(app, axis.option, text, "N", axis.help);
    option->group(heading == Heading::what_to_measure ? kSweep : kWhere);
    add_beside(app, raw, axis.option);
  }
}

void add_sweep(CLI::App& app, RawOptions& raw) {
  add_axes(app, raw, Heading::what_to_measure);
  several(app, "--weights", raw.weights, "FILE[:REGEX]",
          "Real tensors (safetensors or GGUF file, index or folder); alone: --suite roundtrip");
  several(app, "--against", raw.against, "FILE[:REGEX]",
          "Their unquantized originals, which errors are then against; default: --weights decoded");
  single(
      app, "--tensors", raw.tensors, "linear|all|...",
      "Which of them: linear layers and convolutions, or all; default: rows of all, totals of "
      "the linear ones. Of model and convert also transformers, lightning, llama.cpp: those that "
      "the software quantizes")
      ->group(kSweep);
  several(app, "--exclude", raw.excluded, "REGEX", "Tensors to leave out (RE2, unanchored)");
  single(app, "--min-rank", raw.min_rank, "N", "Only tensors of so many dimensions and more")
      ->group(kSweep);
  several(app, "--layout", raw.layouts, "REGEX=LAYOUT",
          "Take these tensors as stack (of matrices), convolution or transposed");
  single(app, "--filter", raw.filter, "REGEX", "Only the cases whose id matches (RE2, unanchored)")
      ->group(kSweep);
  single(app, "--case", raw.only_case, "ID",
         "Exactly this case, as --dry-run and the journal name it")
      ->group(kSweep);
}

void add_where(CLI::App& app, RawOptions& raw) {
  add_axes(app, raw, Heading::with_what);
  single(app, "--min-time", raw.min_time, "SECONDS",
         "Time each case for at least so long; default: 0.1")
      ->group(kWhere);
  app.add_flag("--no-time", raw.no_time, "Errors and sizes only")->group(kWhere);
  app.add_option("--isolate", raw.isolate,
                 "Each case in a process of its own: all (when given alone), libraries (those of "
                 "--kernel-library, default) or none (one that crashes ends qbench)")
      ->type_name("[WHICH]")
      ->expected(0, 1)
      ->default_str("all")
      ->group(kWhere);
  single(app, "--case-timeout", raw.case_timeout, "SECONDS",
         "Of a case in a process of its own; default: 600")
      ->group(kWhere);
  app.add_flag("--count-instructions", raw.count_instructions,
               "Of one run too, on one thread (Linux perf_event)")
      ->group(kWhere);
}

void add_output(CLI::App& app, RawOptions& raw) {
  app.add_option("--report", raw.reports,
                 "table (default), markdown, csv, json, totals; to stdout or FILE; again for more")
      ->type_name("FORMAT[=FILE]")
      ->allow_extra_args(false)
      ->group(kOutput);
  single(app, "--journal", raw.journal, "FILE",
         "One line of JSON a case, as it ends; FILE must be new")
      ->group(kOutput);
  app.add_flag("--append", raw.append, "Add to the journal")->group(kOutput);
  app.add_option("--list", raw.list_part, "Print suites, modes, kernels, models, ... and exit")
      ->type_name("[WHAT]")
      ->expected(0, 1)
      ->group(kOutput);
  app.add_flag("-q,--quiet", raw.quiet, "No progress on stderr")->group(kOutput);
  app.add_flag("--dry-run", raw.dry_run, "Print the ids of the cases and exit")->group(kOutput);
  app.set_help_flag("-h,--help", "Print this and exit")->group(kOutput);
  app.set_version_flag("--version",
                       fmt::format("qbench {} ({})", kThisBuild.version, kThisBuild.revision),
                       "Print the version and exit")
      ->group(kOutput);
}

// --- Subcommands, with the sweep options that apply to them

// "--report: text (what ...), markdown (...)" for reports of findings.
std::string judged_reports() {
  std::string text = "--report, of what is found\n";
  for (const FindingReport& report : finding_reports())
    text += "  " + std::string(report.name) + std::string(26 - report.name.size(), ' ') +
            std::string(report.summary) + "\n";
  return text;
}

// Adds the sweep options that a subcommand takes.
std::string taken(const CLI::App& app, const VerbRow& verb) {
  std::string text;
  for (const CLI::Option* option : app.get_options())
    if (const OptionScope* scope = find_scope(option->get_name());
        scope && verb.takes.contains(scope->group))
      text += ' ' + std::string(scope->option);
  return text.empty() ? "" : "\nOf a sweep's options (qbench --help) it takes" + text;
}

CLI::App* subcommand(CLI::App& app, const VerbRow& verb) {
  CLI::App* sub = app.add_subcommand(std::string(verb.name), std::string(verb.help));
  sub->fallthrough();
  sub->allow_extras();
  sub->footer((verb.judges ? "\n" + judged_reports() : "") + taken(app, verb));
  return sub;
}

std::vector<Subcommand> add_subcommands(CLI::App& app, RawOptions& raw, Verbs verbs) {
  std::vector<Subcommand> subcommands;
  for (const VerbRow& verb : verbs) {
    if (verb.name.empty()) continue;
    subcommands.push_back({&verb, subcommand(app, verb)});
    verb.add_options(*subcommands.back().app, raw);
  }
  return subcommands;
}

const VerbRow& verb_without_subcommand(Verbs verbs) {
  return *std::ranges::find_if(verbs, [](const VerbRow& verb) { return verb.name.empty(); });
}

}  // namespace

std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

CommandLine parse(int argc, const char* const* argv, Verbs verbs) {
  CommandLine line;
  RawOptions& raw = line.raw;
  CLI::App app(kDescription, "qbench");
  app.footer(kFooter);
  app.get_formatter()->column_width(28);
  app.allow_extras();
  add_sweep(app, raw);
  add_where(app, raw);
  add_output(app, raw);
  const std::vector<Subcommand> subcommands = add_subcommands(app, raw, verbs);
  try {
    app.parse(argc, argv);
    refuse_extras(app, subcommands);
    refuse_empty(app);
    raw.given = given_options(app);
    raw.twice = repeated_options(app);
    raw.list = app.count("--list") > 0;
    const Subcommand* sub = chosen(raw.given, subcommands);
    line.verb = sub ? sub->verb : &verb_without_subcommand(verbs);
    refuse_beside_case(app);
    if (app.count("--weights") && app.count("--shapes"))
      throw std::invalid_argument(
          "--shapes and --weights cannot be combined: real weights have their own shapes");
  } catch (const CLI::CallForHelp&) {
    line.answer = app.help();
  } catch (const CLI::CallForVersion& version) {
    line.answer = one_line(version.what()) + "\n";
  }
  return line;
}

}  // namespace qbench
