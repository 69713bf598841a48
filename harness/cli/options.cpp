// SPDX-License-Identifier: Apache-2.0
// The command line as CLI11 sees it; what each text means is in options_values.cpp.
#include "harness/cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <stdexcept>

#include "harness/cli/option_scope.h"
#include "harness/cli/options_refused.h"
#include "harness/cli/options_values.h"
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

CLI::Option* list(CLI::App& app, const char* name, std::string& value, const char* help) {
  return app.add_option(name, value, help)->type_name("LIST")->join(',')->group(kSweep);
}

// Each time it is given counts.
CLI::Option* several(CLI::App& app, const char* name, std::vector<std::string>& values,
                     const char* type, const char* help) {
  return app.add_option(name, values, help)
      ->type_name(type)
      ->allow_extra_args(false)
      ->group(kSweep);
}

// Given twice, the last counts.
CLI::Option* single(CLI::App& app, const char* name, std::string& value, const char* type,
                    const char* help) {
  return app.add_option(name, value, help)->type_name(type)->take_last();
}

void add_sweep(CLI::App& app, RawOptions& raw) {
  list(app, "--suite", raw.suites,
       "roundtrip (error of the weights), quantize, dequantize, gemv, gemm");
  list(app, "--modes", raw.modes,
       "nf4,fp4,int8 ... or all (default); bf16 is added where a kernel runs it");
  list(app, "--block-sizes", raw.block_sizes,
       "Weights that share a scale; default: the mode's own");
  list(app, "--dtypes", raw.dtypes,
       "fp32, fp16, bf16: of a product's activations and results; default: the mode's own");
  list(app, "--shapes", raw.shapes,
       "MxNxK, NxK (m: the suite's own) or a model's name; default: llama-2-7b");
  list(app, "--inputs", raw.inputs,
       "normal (default), student-t, uniform, outliers, boundaries (of codes), scales, specials");
  several(app, "--weights", raw.weights, "FILE[:REGEX]",
          "Real tensors (safetensors file, index or folder); alone: --suite roundtrip");
  single(app, "--tensors", raw.tensors, "linear|all",
         "Which of them: linear layers and convolutions, or all; default: rows of all, totals of "
         "the linear ones")
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
  list(app, "--kernels", raw.kernels, "Which implementations; default: all")->group(kWhere);
  list(app, "--kernel-library", raw.kernel_libraries,
       "Your own kernels too, from shared libraries (kernels/library/kernel_library.h)")
      ->type_name("FILE")
      ->group(kWhere);
  list(app, "--device", raw.devices,
       "cpu, cuda:0, emulated (CUDA kernels, untimed) or auto (default: cpu and GPUs)")
      ->group(kWhere);
  app.add_flag("--require-cuda", raw.require_cuda, "A missing GPU is an error")->group(kWhere);
  single(app, "--threads", raw.threads, "N",
         "Of the CPU; default: all that qbench may use; 1 of ab")
      ->group(kWhere);
  single(app, "--seed", raw.seed, "N", "Of the generated inputs; default: 1")->group(kWhere);
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
                       "qbench " + std::string(kVersion) + " (" + std::string(kRevision) + ")",
                       "Print the version and exit")
      ->group(kOutput);
}

// --- Subcommands: they take the options of a sweep that apply to them

// "--report: text (what ...), markdown (...)" of what gates find.
std::string judged_reports() {
  std::string text = "--report, of what is found\n";
  for (const FindingReport& report : finding_reports())
    text += "  " + std::string(report.name) + std::string(26 - report.name.size(), ' ') +
            std::string(report.summary) + "\n";
  return text;
}

// The options of a sweep that a subcommand takes.
std::string taken(Verb verb) {
  std::string text;
  for (const OptionScope& scope : option_scopes())
    if (scope.verbs.contains(verb)) text += ' ' + std::string(scope.option);
  return text.empty() ? "" : "\nOf a sweep's options (qbench --help) it takes" + text;
}

CLI::App* subcommand(CLI::App& app, Verb verb, const char* name, const char* help) {
  CLI::App* sub = app.add_subcommand(name, help);
  sub->fallthrough();
  sub->allow_extras();
  const bool judges = verb == Verb::gate || verb == Verb::ab || verb == Verb::compare;
  sub->footer((judges ? "\n" + judged_reports() : "") + taken(verb));
  return sub;
}

Subcommand add_gate(CLI::App& app, RawOptions& raw) {
  CLI::App* gate = subcommand(app, Verb::gate, "gate",
                              "Fail on what a ledger of errors or a policy does not allow");
  single(*gate, "--errors", raw.errors, "LEDGER",
         "Compare errors with it, exactly; without --suite: the cases that it has");
  gate->add_flag("--update", raw.update, "Record what cases come to, and show what changed");
  single(*gate, "--policy", raw.policy, "FILE", "Every gate that it names (TOML)");
  single(*gate, "--base", raw.base, "OLD",
         "With --policy: executable or git revision to compare speed with");
  list(*gate, "--gates", raw.gates, "Only these of the policy: errors,speed,instructions,static")
      ->group("Options");
  return {Verb::gate, gate};
}

Subcommand add_ab(CLI::App& app, RawOptions& raw) {
  CLI::App* ab =
      subcommand(app, Verb::ab, "ab", "Compare the speed of two builds, by pairs of processes");
  ab->add_option("OLD", raw.old_side,
                 "A qbench, a git revision, which is built, or a library of kernels (.so)")
      ->required();
  ab->add_option("NEW", raw.new_side, "The same; default: this qbench");
  single(
      *ab, "--threshold", raw.threshold, "SHARE",
      "What counts as a change, as in 5% or 0.05; default: the least that this machine can tell");
  ab->add_flag("--calibrate", raw.calibrate,
               "Compare OLD with itself, and keep what this machine can tell");
  ab->add_flag("--instructions", raw.instructions,
               "Count instructions on one thread in place of time (perf_event, else valgrind)");
  return {Verb::ab, ab};
}

Subcommand add_compare(CLI::App& app, RawOptions& raw) {
  CLI::App* compare =
      subcommand(app, Verb::compare, "compare", "Compare two journals, BASE and NEW");
  compare->add_option("BASE", raw.base_journal, "A journal")->required();
  compare->add_option("NEW", raw.new_journal, "A journal")->required();
  return {Verb::compare, compare};
}

Subcommand add_report(CLI::App& app, RawOptions& raw) {
  CLI::App* report = subcommand(app, Verb::report, "report", "Make reports of stored journals");
  report->add_option("JOURNAL", raw.journals, "Journals that --journal wrote")->required();
  return {Verb::report, report};
}

Subcommand add_selftest(CLI::App& app, RawOptions&) {
  return {Verb::selftest, subcommand(app, Verb::selftest, "selftest",
                                     "Inject faults, and see the harness catch every one")};
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
  RawOptions raw;
  CLI::App app(kDescription, "qbench");
  app.footer(kFooter);
  app.get_formatter()->column_width(28);
  app.allow_extras();
  add_sweep(app, raw);
  add_where(app, raw);
  add_output(app, raw);
  const std::vector<Subcommand> subcommands = {add_gate(app, raw), add_ab(app, raw),
                                               add_compare(app, raw), add_report(app, raw),
                                               add_selftest(app, raw)};
  try {
    app.parse(argc, argv);
    refuse_extras(app, subcommands);
    raw.given = given_options(app);
    raw.twice = repeated_options(app);
    raw.list = app.count("--list") > 0;
    const Subcommand* sub = chosen(raw.given, subcommands);
    refuse_beside_case(app);
    if (app.count("--weights") && app.count("--shapes"))
      throw std::invalid_argument(
          "--shapes and --weights cannot be combined: real weights have their own shapes");
    Parsed parsed;
    parsed.options = options_of(raw, sub ? sub->verb : Verb::sweep);
    return raw.list ? text(list_text(raw.list_part)) : parsed;
  } catch (const CLI::CallForHelp&) {
    return text(app.help());
  } catch (const CLI::CallForVersion& version) {
    return text(one_line(version.what()) + "\n");
  } catch (const std::exception& error) {
    return mistake(error);
  }
}

}  // namespace qbench
