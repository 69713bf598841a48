// SPDX-License-Identifier: Apache-2.0
// The stages of the verb: inventory, figures of every layer, the screen and what else was asked.
#include "harness/model/model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>

#include "harness/model/screen/sections.h"
#include "harness/model/targets/planned_model.h"
#include "harness/output/outputs.h"
#include "harness/output/progress.h"
#include "harness/process/interrupt.h"
#include "harness/run/environment.h"
#include "harness/run/real_weights.h"
#include "reference/simd/parallel.h"
#include "reports/journal/journal.h"
#include "reports/text/units.h"
#include "reports/text/width.h"
#include "suites/checkpoints/gguf/gguf.h"
#include "suites/checkpoints/mapped_file.h"
#include "suites/checkpoints/models/left_alone.h"
#include "suites/checkpoints/network_files.h"

namespace qbench {
namespace {

bool was_given(const Options& options, std::string_view option) {
  return std::ranges::find(options.given, option) != options.given.end();
}

// --- What was asked

LayerInput layer_input(const Options& options) {
  const Sweep& sweep = options.sweep;
  if (sweep.inputs.size() > 1 || sweep.m.size() > 1)
    throw std::invalid_argument("model takes one of --inputs and one of --m");
  LayerInput input{.seed = sweep.seed, .check = options.model.bits || options.model.memory};
  if (!sweep.inputs.empty()) input.input = sweep.inputs.front();
  if (!sweep.m.empty()) input.m = sweep.m.front();
  if (input.input != Input::normal && input.input != Input::outliers)
    throw std::invalid_argument(
        "model has activations that are normal or have outliers: --inputs normal or outliers");
  return input;
}

std::vector<Candidate> candidates(const Options& options) {
  std::vector<std::string> left_out;
  std::vector<Candidate> found = candidates_of(options.sweep, left_out);
  if (!left_out.empty())
    fmt::print(stderr, "qbench: --block-sizes: left out, as they have none of these: {}\n",
               fmt::join(left_out, ", "));
  return found;
}

std::string asked_text(const ModelOptions& model) {
  return model.bits ? fmt::format("--bits {:g}", *model.bits)
                    : "--memory " + bytes_text(model.memory.value_or(0));
}

// True if the screen is all that stdout is to have.
bool to_stdout_elsewhere(const Options& options) {
  const auto is_stdout = [](const auto& output) { return output.second.empty(); };
  return (was_given(options, "--report") && std::ranges::any_of(options.reports, is_stdout)) ||
         std::ranges::any_of(options.model.plans, is_stdout);
}

void check_outputs(const Options& options, const Checkpoint& checkpoint,
                   const Originals* originals) {
  const std::vector<std::string> inputs = files_of_network(&checkpoint, originals);
  if (was_given(options, "--report")) check_reports(options.reports, inputs);
  for (const auto& [format, file] : options.model.plans) check_output(file, inputs);
}

// --- The run

Environment conditions_of(const Options& options, const Inventory& inventory,
                          const Originals* originals) {
  Environment conditions = environment(options.threads, options.sweep.seed);
  std::vector<Tensor> tensors;
  for (const Tensor* tensor : inventory.layers) tensors.push_back(*tensor);
  add_weights(conditions, tensors);
  add_originals(conditions, originals);
  return conditions;
}

class ModelRun {
 public:
  explicit ModelRun(const Options& options)
      : options_(options),
        input_(layer_input(options)),
        checkpoint_(options.weights, rules_of(options)),
        inventory_(inventory_of(checkpoint_, options)),
        of_gguf_(is_gguf(MappedFile(inventory_.layers.front()->file).bytes())),
        originals_(open_originals(options, inventory_.layers)) {
    network_.candidates = candidates(options);
    network_.left_bytes = inventory_.left_bytes();
    network_.tells_stored =
        originals_ || std::ranges::any_of(inventory_.layers, [](const Tensor* tensor) {
          return tensor->stored != nullptr;
        });
    if (input_.check) check_reachable(inventory_, network_.candidates, budget());
    check_outputs(options_, checkpoint_, originals_.get());
    if (options_.threads > 0) reference::set_thread_count(options_.threads);
    options_.threads = reference::thread_count();
  }

  int run() {
    tell_layouts(checkpoint_);
    measure();
    if (network_.layers.empty()) return kInterruptedExit;
    if (options_.model.timed && !interrupted()) time_layers();
    if (input_.check && !interrupted()) plan_ = plan_network(network_, budget());
    std::vector<Output> outputs;
    if (!to_stdout_elsewhere(options_)) outputs.push_back({"", [this] { return screen(); }});
    if (plan_)
      for (const auto& [format, file] : options_.model.plans)
        outputs.push_back({file, [this, format = format] { return format->write(planned()); }});
    bool written = write_outputs(outputs);
    if (was_given(options_, "--report"))
      written = write_reports(options_.reports, conditions_, results()) && written;
    return written ? 0 : 1;
  }

 private:
  static TensorRules rules_of(const Options& options) {
    return {.exclude = options.tensor_rules.exclude,
            .min_rank = 0,
            .layouts = options.tensor_rules.layouts,
            .keeps_excluded = true,
            .if_absent = kDownloadOrExclude};
  }

  static Inventory inventory_of(const Checkpoint& checkpoint, const Options& options) {
    if (const std::string why = checkpoint.why_unusable(); !why.empty())
      throw std::runtime_error(why);
    return take_inventory(checkpoint, options.model.scope, options.tensor_rules.exclude);
  }

  std::int64_t budget() const {
    return budget_bytes(inventory_, options_.model.bits, options_.model.memory);
  }

  void measure() {
    const bool recorded = !options_.journal.empty() || was_given(options_, "--report");
    if (recorded) conditions_ = conditions_of(options_, inventory_, originals_.get());
    if (!options_.journal.empty())
      journal_.emplace(options_.journal, Journal::Open::create, conditions_);
    Progress progress(inventory_.layers.size(), options_.quiet, inventory_.layers.size() / 20 + 1);
    LayerMeter meter(network_.candidates, input_, options_.threads);
    if (originals_) meter.compare_with(*originals_, against_text(options_));
    for (const Tensor* tensor : inventory_.layers) {
      if (interrupted()) return;
      progress.begin(tensor->name);
      network_.layers.push_back(meter.measure(*tensor));
      if (journal_)
        for (const Result& row : rows_of(network_.layers.back())) journal_->add(row);
    }
  }

  // Rows of the record beside those of the layers.
  void time_layers() {
    const std::vector<Case> cases =
        timing_cases(inventory_.layers, network_.candidates, options_.sweep.seed);
    Progress progress(cases.size(), options_.quiet, cases.size() / 20 + 1);
    timed_ = run_timing(cases, options_.threads, [&](const Case& c) { progress.begin(c.id()); });
    times_ = token_times(inventory_.layers, network_.candidates, timed_);
    if (journal_)
      for (const Result& row : timed_) journal_->add(row);
  }

  std::string screen() const {
    const ScreenContent content{.checkpoint = fmt::format("{}", fmt::join(options_.weights, ", ")),
                                .inventory = &inventory_,
                                .network = &network_,
                                .of_gguf = of_gguf_,
                                .scope = options_.model.scope,
                                .input = input_,
                                .against = against_text(options_),
                                .plan = plan_,
                                .asked = asked_text(options_.model),
                                .blocks_asked = !options_.sweep.block_sizes.empty(),
                                .times = times_,
                                .layers = inventory_.layers.size(),
                                .width = std::min(kScreenWidth, table_width())};
    return screen_text(content) +
           (options_.model.all_layers ? "\n" + layer_list(content, table_width()) : "");
  }

  PlannedModel planned() const {
    PlannedModel model{
        .bits_per_param = static_cast<double>(plan_->plan.bytes) * 8 / network_.parameters(),
        .predicted_nmse = plan_->error.predicted,
        .checked_nmse = plan_->error.checked,
        .bound_nmse = plan_->bound};
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      if (inventory_.is_copy(*inventory_.layers[i])) continue;
      const std::size_t chosen = plan_->plan.chosen[i];
      const Candidate& candidate = network_.candidates[chosen];
      const Result& row = network_.row(i, chosen);
      model.layers.push_back({row.tensor, candidate.mode, candidate.block_size,
                              static_cast<std::int64_t>(bytes_of(row)), output_nmse(row),
                              is_weight_of_linear(*inventory_.layers[i])});
    }
    for (const LeftKind& kind : inventory_.left)
      for (const std::string& name : kind.names)
        if (kind.parameters > 0) model.kept.push_back({name, kind.is_linear, kind.type});
    model.of_gguf = of_gguf_;
    return model;
  }

  std::vector<Result> results() const {
    std::vector<Result> rows;
    for (const LayerFigures& layer : network_.layers)
      std::ranges::copy(rows_of(layer), std::back_inserter(rows));
    rows.insert(rows.end(), timed_.begin(), timed_.end());
    return rows;
  }

  // The rows of a layer as the record has them.
  std::vector<Result> rows_of(const LayerFigures& layer) const {
    std::vector<Result> rows = layer.rows;
    if (network_.tells_stored) rows.insert(rows.begin(), layer.stored);
    return rows;
  }

  Options options_;
  LayerInput input_;
  Checkpoint checkpoint_;
  Inventory inventory_;
  bool of_gguf_;  // what was read is a GGUF file
  std::unique_ptr<Originals> originals_;
  Network network_;
  Environment conditions_;
  std::optional<NetworkPlan> plan_;
  std::vector<Result> timed_;
  std::vector<std::optional<TokenTime>> times_;
  std::optional<Journal> journal_;
};

}  // namespace

int run_model(const Options& options) {
  return_freed_buffers();
  return ModelRun(options).run();
}

}  // namespace qbench
