// SPDX-License-Identifier: Apache-2.0
// Options that belong to one verb alone.
#include <CLI/CLI.hpp>

#include "harness/cli/options_values.h"
#include "harness/cli/verb.h"

namespace qbench {
namespace {

// Adds an option of which the last occurrence counts.
void single(CLI::App& app, const char* name, std::string& value, const char* type,
            const char* help) {
  app.add_option(name, value, help)->type_name(type)->take_last();
}

}  // namespace

void add_model_options(CLI::App& app, RawOptions& raw) {
  app.add_option(
         "CHECKPOINT", raw.weights,
         "A safetensors or GGUF file, an index or a folder, with :REGEX for some of its tensors")
      ->required();
  single(app, "--bits", raw.model.bits, "B",
         "Plan a mode for each layer at no more than B bits a parameter of the layers");
  single(app, "--memory", raw.model.memory, "SIZE",
         "The same for the weights of the whole model, as in 6GB or 5.5GiB");
  app.add_option(
         "--plan", raw.model.plans,
         "The plan as json, llama.cpp, compressed-tensors or bitsandbytes; to stdout or FILE")
      ->type_name("FORMAT[=FILE]")
      ->allow_extra_args(false);
  single(app, "--layers", raw.model.layers, "all", "Every layer below the screen, one a line");
  app.add_flag(
      "--time", raw.model.time,
      "Time a token through the layers in each mode, with generated weights of their shapes");
}

void add_gate_options(CLI::App& app, RawOptions& raw) {
  single(app, "--errors", raw.errors, "LEDGER",
         "Compare errors with it, exactly; without --suite: the cases that it has");
  app.add_flag("--update", raw.update, "Record what cases come to, and show what changed");
  single(app, "--policy", raw.policy, "FILE", "Every gate that it names (TOML)");
  single(app, "--base", raw.base, "OLD",
         "With --policy: executable or git revision to compare speed with");
  app.add_option("--gates", raw.gates, "Only these of the policy: errors,speed,instructions,static")
      ->type_name("LIST")
      ->join(',');
}

void add_ab_options(CLI::App& app, RawOptions& raw) {
  app.add_option("OLD", raw.old_text,
                 "A qbench, a git revision, which is built, or a library of kernels (.so)")
      ->required();
  app.add_option("NEW", raw.new_text, "The same; default: this qbench");
  single(
      app, "--threshold", raw.threshold, "SHARE",
      "What counts as a change, as in 5% or 0.05; default: the least that this machine can tell");
  app.add_flag("--calibrate", raw.calibrate,
               "Compare OLD with itself, and keep what this machine can tell");
  app.add_flag("--instructions", raw.instructions,
               "Count instructions on one thread in place of time (perf_event, else valgrind)");
}

void add_compare_options(CLI::App& app, RawOptions& raw) {
  app.add_option("BASE", raw.base_journal, "A journal")->required();
  app.add_option("NEW", raw.new_journal, "A journal")->required();
}

void add_report_options(CLI::App& app, RawOptions& raw) {
  app.add_option("JOURNAL", raw.journals, "Journals that --journal wrote")->required();
}

void add_explain_options(CLI::App& app, RawOptions& raw) {
  app.add_option("MODE", raw.explained, "Modes, as --modes takes them: nf4, gguf, 'mxfp4*'")
      ->delimiter(',');
}

void add_memory_options(CLI::App& app, RawOptions& raw) {
  RawMemory& memory = raw.memory;
  app.add_option(
      "MODEL", memory.model,
      "A model of --list models, a config.json, a checkpoint (.safetensors, .gguf, index) or "
      "the folder of either");
  app.add_option("--modes", memory.modes,
                 "Modes and sets of them, file types of llama.cpp (Q4_K_M, 'q5*'), bnb.nf4 and the "
                 "like as LitGPT holds them; default: those that people choose between first")
      ->type_name("LIST")
      ->delimiter(',')
      ->allow_extra_args(false);
  single(app, "--context", memory.context, "N",
         "Tokens of a sequence; default: 4096, or fewer where the model has no more positions");
  single(app, "--batch", memory.batch, "N", "Sequences at once; default: 1");
  single(app, "--kv-dtype", memory.cache, "fp16|bf16|fp8|q8_0|q4_0",
         "Of cached keys and values; default: fp16");
  single(app, "--lora-rank", memory.lora_rank, "R",
         "Train adapters of that rank on every linear layer (QLoRA), in place of inference");
  single(app, "--optimizer", memory.optimizer, "adamw|adamw-8bit|paged-adamw-8bit|none",
         "Of the adapters; default: adamw");
  app.add_flag(
      "--published", memory.published,
      "Show figures that LitGPT, QLoRA and llama.cpp published, beside the same arithmetic");
}

void add_convert_options(CLI::App& app, RawOptions& raw) {
  app.add_option_function<std::string>(
         "IN", [&raw](const std::string& in) { raw.weights = {in}; },
         "A safetensors or GGUF file, an index or a folder")
      ->required();
  app.add_option("OUT", raw.convert.out, "A new file of a file, a new folder of a folder")
      ->required();
  single(app, "--container", raw.convert.container, "NAME",
         "What quantized weights are written as: bitsandbytes, dequantized (floats of the tensor's "
         "own dtype, of any mode) or gguf (from GGUF)");
  single(app, "--plan", raw.convert.plan, "FILE",
         "A mode for each tensor, as 'qbench model --plan json' has it, in place of --modes");
}

}  // namespace qbench
