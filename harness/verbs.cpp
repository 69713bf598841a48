// SPDX-License-Identifier: Apache-2.0
// The rows of verbs: name, applicable options, function.
#include "harness/verbs.h"

#include "harness/convert/convert.h"
#include "harness/explain/explain.h"
#include "harness/gates/ab/ab.h"
#include "harness/gates/compare.h"
#include "harness/gates/gate.h"
#include "harness/memory/memory.h"
#include "harness/model/model.h"
#include "harness/output/report_journals.h"
#include "harness/selftest/selftest.h"
#include "harness/sweep/sweep.h"

namespace qbench {

Verbs all_verbs() {
  using enum OptionGroup;
  static const VerbRow verbs[] = {
      {.verb = Verb::sweep,
       .name = "",
       .help = "",
       .takes = {cases, layers, activations, originals, filter, processes, reports, journal, sweep},
       .judges = false,
       .needs_suite = true,
       .add_options = add_no_options,
       .run = run_sweep},
      {.verb = Verb::model,
       .name = "model",
       .help =
           "A network in every mode on one screen: size, error, the layers that are hurt, a plan",
       .takes = {layers, activations, originals, reports, journal},
       .judges = false,
       .needs_suite = false,
       .add_options = add_model_options,
       .run = run_model},
      {.verb = Verb::gate,
       .name = "gate",
       .help = "Fail on what a ledger of errors or a policy does not allow",
       .takes = {cases, layers, activations, filter, processes, reports},
       .judges = true,
       .needs_suite = false,
       .add_options = add_gate_options,
       .run = run_gate},
      {.verb = Verb::ab,
       .name = "ab",
       .help = "Compare the speed of two builds, by pairs of processes",
       .takes = {cases, layers, activations, filter, reports, journal},
       .judges = true,
       .needs_suite = true,
       .add_options = add_ab_options,
       .run = run_ab},
      {.verb = Verb::compare,
       .name = "compare",
       .help = "Compare two journals, BASE and NEW",
       .takes = {filter, reports},
       .judges = true,
       .needs_suite = false,
       .add_options = add_compare_options,
       .run = run_compare},
      {.verb = Verb::report,
       .name = "report",
       .help = "Make reports of stored journals",
       .takes = {filter, reports},
       .judges = false,
       .needs_suite = false,
       .add_options = add_report_options,
       .run = run_report},
      {.verb = Verb::explain,
       .name = "explain",
       .help = "Show all that modes are: levels, scales, bytes, bits, rounding",
       .takes = {},
       .judges = false,
       .needs_suite = false,
       .add_options = add_explain_options,
       .run = [](const Options& options) { return explain(options.explained); }},
      {.verb = Verb::memory,
       .name = "memory",
       .help = "Show what a model takes in each mode: weights, cache, peak, training of adapters",
       .takes = {},
       .judges = false,
       .needs_suite = false,
       .add_options = add_memory_options,
       .run = [](const Options& options) { return run_memory(options.memory); }},
      {.verb = Verb::convert,
       .name = "convert",
       .help = "Write a checkpoint again with its weights quantized",
       .takes = {layers},
       .judges = false,
       .needs_suite = false,
       .add_options = add_convert_options,
       .run = run_convert},
      {.verb = Verb::selftest,
       .name = "selftest",
       .help = "Inject faults, and see the harness catch every one",
       .takes = {},
       .judges = false,
       .needs_suite = false,
       .add_options = add_no_options,
       .run = [](const Options&) { return run_selftest(); }}};
  return verbs;
}

}  // namespace qbench
