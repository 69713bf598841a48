// SPDX-License-Identifier: Apache-2.0
// One case: figures of the weights, a verified run of the trial, its times, a second verification.
#include "harness/run/case_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <exception>

#include "harness/measure/ceilings.h"
#include "harness/measure/device_stopwatch.h"
#include "harness/measure/instructions.h"
#include "harness/run/figures.h"
#include "kernels/device/device.h"
#include "suites/names.h"

namespace qbench {
namespace {

// Bytes that a run allocates on the device besides inputs and output, before rotated copies are
// made.
double scratch(Device& device, double operands) {
  return std::max(0.0, static_cast<double>(device.memory().peak) - operands);
}

// The models of the table that fit into the memory in the same mode.
std::string models_that_fit(Case c, double free) {
  Names names;
  for (const Model& model : all_models()) {
    c.model = &model;
    if (bytes_needed(c) <= free) names.emplace_back(model.name);
  }
  return names.empty() ? "no model fits"
                       : fmt::format("there is room for {}", fmt::join(names, ", "));
}

std::string too_large(const Case& c, double needed, double free) {
  return fmt::format("{}: the case needs {:.3g} GB of memory, {:.3g} GB are free", c.mode->name,
                     needed * 1e-9, free * 1e-9) +
         (c.model ? "; " + models_that_fit(c, free) : "");
}

}  // namespace

template <class Action>
void CaseRun::guarded(Action action) {
  try {
    action();
  } catch (const DeviceOutOfMemory& error) {
    fail(Status::skipped,
         fmt::format("{}: out of device memory: {}", c_.kernel->name, error.what()));
  } catch (const std::bad_alloc&) {
    fail(Status::error, fmt::format("{}: out of memory", c_.kernel->name));
  } catch (const std::exception& error) {
    fail(Status::error, error.what());
  }
}

void CaseRun::fail(Status status, const std::string& reason) {
  set_status(r_, status, reason);
  stopwatch_.reset();
  timing_.reset();
}

CaseRun::CaseRun(const Case& c, Inputs& inputs, const RunOptions& options, int turns)
    : c_(c), options_(options), turns_(turns), r_(describe(c, options.threads)) {
  const double needed = bytes_needed(c);
  if (!c.skip.empty())
    fail(Status::skipped, c.skip);
  else if (!(needed <= options.memory_bytes))
    fail(Status::skipped, too_large(c, needed, options.memory_bytes));
  else
    guarded([&] { prepare(inputs); });
}

void CaseRun::set_stored(Inputs& inputs) {
  set_sizes(r_, inputs.stored_size(c_));
  if (!c_.tensor->against.empty())
    set_weight_error(r_, inputs.weight_error(c_));
  else
    r_.reason = fmt::format(
        "{}: the weights have no error against themselves: give the original with --against",
        c_.mode->name);
}

void CaseRun::prepare(Inputs& inputs) {
  if (c_.is_stored()) return set_stored(inputs);
  if (c_.model)
    prepare_model(inputs);
  else
    prepare_matrix(inputs);
  if (trial_ && first_run(inputs) && c_.kernel->timed && options_.timed) start_timing();
}

void CaseRun::prepare_matrix(Inputs& inputs) {
  const bool product = c_.operation().has_x;
  operands_ = inputs.operands(c_);
  const Problem problem = problem_of(c_, operands_, *operands_.quantized);
  if (const std::string why = c_.kernel->unsupported(problem); !why.empty())
    return fail(Status::skipped, fmt::format("{}: {}", c_.kernel->name, why));
  inputs.expect(operands_, c_);
  set_sizes(r_, *operands_.quantized);
  set_weight_error(r_, inputs.weight_error(c_));
  if (product && !c_.tensor)
    if (const std::string why = proves_nothing(*operands_.expected); !why.empty())
      return fail(Status::error, fmt::format("{}: {}", c_.mode->name, why));
  if (operands_.adapter) set_adapter_sizes(r_, c_);
  trial_ = c_.kernel->prepare(problem);
  work_ = work_of(c_, *operands_.quantized);
}

void CaseRun::prepare_model(Inputs& inputs) {
  layers_.emplace(c_, inputs);
  if (const std::string why = layers_->unsupported(); !why.empty())
    return fail(Status::skipped, fmt::format("{}: {}", c_.kernel->name, why));
  const ModelLayers::Sums& sums = layers_->sums();
  set_sizes(r_, sums.params, sums.weight_bytes, sums.scale_bytes);
  set_weight_error(r_, sums.weight_error);
  if (const std::string why = layers_->proves_nothing(); !why.empty())
    return fail(Status::error, fmt::format("{}: {}", c_.mode->name, why));
  trial_ = layers_->prepare();
  work_ = sums.work;
}

bool CaseRun::first_run(Inputs& inputs) {
  Device* const device = trial_->device();
  trial_->poison();
  if (device) device->memory().restart_peak();
  const std::size_t before = MemoryMeter::current();
  MemoryMeter::restart_peak();
  estimate_ = trial_->run_once();
  const std::size_t peak = MemoryMeter::peak() - before;
  const Verdict verdict = verify();
  r_.kernel_error = verdict.kernel_error;
  if (!verdict.wrong.empty()) {
    fail(Status::wrong, verdict.wrong);
    return false;
  }
  if (!verdict.unproven.empty()) {
    fail(Status::skipped, fmt::format("{}: {}", c_.mode->name, verdict.unproven));
    return false;
  }
  if (const std::string remark = verdict.remark(); !remark.empty())
    r_.reason += (r_.reason.empty() ? "" : "; ") + fmt::format("{}: {}", c_.kernel->name, remark);
  if (c_.kernel->device == DeviceKind::cpu && c_.kernel->counted)
    r_.peak_bytes = static_cast<double>(peak);
  if (c_.operation().has_x && !c_.model)
    set_output_error(r_, output_error(inputs.exact(c_), trial_->output()));
  set_work(r_, work_);
  if (device) r_.peak_bytes = scratch(*device, *r_.bytes);
  return true;
}

Verdict CaseRun::verify() {
  if (layers_) return layers_->verify(static_cast<TrialSequence&>(*trial_));
  switch (c_.suite->op) {
    case Op::roundtrip:
      return verify_roundtrip(*operands_.quantized, *trial_);
    case Op::quantize:
      return verify_codes(*operands_.quantized, *trial_);
    case Op::dequantize:
      return verify_weights(*operands_.quantized, c_.dtype, *trial_);
    case Op::lora_backward:
      return verify_gradients(*operands_.expected, *operands_.expected_adapter, *trial_,
                              c_.kernel->arithmetic);
    case Op::matmul:
    case Op::lora_forward:
      break;
  }
  return verify_matmul(*operands_.expected, trial_->output(), c_.kernel->arithmetic);
}

// Times the trial at once if its device has a clock, else prepares the stopwatch.
void CaseRun::start_timing() {
  const bool on_cpu = c_.kernel->device == DeviceKind::cpu;
  if (options_.count_instructions && on_cpu)
    if (const auto count = count_instructions(*trial_))
      r_.instructions = static_cast<double>(*count);
  const std::unique_ptr<Replay> replay = trial_->replay();
  if (!replay) {
    const Watch watch{.whole = on_cpu && c_.kernel->whole,
                      .cpu_clock = on_cpu ? cpu_seconds : nullptr};
    stopwatch_.emplace(*trial_, estimate_, options_.min_time, watch, turns_);
    return;
  }
  timing_ = measure(*replay, sampling_for(options_.min_time));
}

void CaseRun::turn(bool warm_up) {
  guarded([&] { stopwatch_->turn(warm_up); });
}

// Verifies again, because a kernel may be right only in its first run, and then sets the times.
void CaseRun::set_times() {
  const Timing timing = timing_ ? *timing_ : stopwatch_->timing();
  trial_->poison();
  trial_->run_once();
  if (const Verdict verdict = verify(); !verdict.wrong.empty())
    return fail(Status::wrong, "right at first, but later " + verdict.wrong);
  set_timing(r_, timing);
  r_.roofline_fraction = roofline_fraction(ceilings_of(c_.device), c_, r_);
}

Result CaseRun::finish() {
  if (stopwatch_ || timing_) guarded([&] { set_times(); });
  return std::move(r_);
}

}  // namespace qbench
