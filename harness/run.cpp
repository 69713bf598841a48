// SPDX-License-Identifier: Apache-2.0
// One case: figures of the weights, then the trial, verified, then its time, then verified again.
#include "harness/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>

#include "harness/ceilings.h"
#include "harness/device_stopwatch.h"
#include "harness/instructions.h"
#include "harness/stopwatch.h"
#include "harness/verify.h"
#include "kernels/simt/device.h"

namespace qbench {
namespace {

Result describe(const Case& c, int threads) {
  Result r;
  r.id = c.id();
  r.suite = c.suite->name;
  r.op = name(c.suite->op);
  r.mode = c.mode->name;
  if (c.kernel != nullptr) r.kernel = c.kernel->name;
  r.device = c.device;
  r.dtype = name(c.dtype);
  if (c.block_size > 0) r.block_size = c.block_size;
  if (c.shape.m > 0) r.m = c.shape.m;
  r.n = c.shape.n;
  r.k = c.shape.k;
  if (c.uses_input()) r.input = name(c.input);
  if (c.tensor) {
    r.tensor = c.tensor->name;
    r.weights = c.tensor->file;
    r.layout = c.tensor->layout;
    if (c.tensor->slices > 1) r.slices = c.tensor->slices;
    r.not_in_totals = c.tensor->not_in_totals;
  }
  r.seed = c.seed;
  r.threads = threads;
  return r;
}

void set_status(Result& r, Status status, const std::string& reason) {
  r.status = status;
  r.reason = reason;
}

void set_sizes(Result& r, const QuantizedMatrix& q) {
  r.bits_per_param = q.bits_per_param();
  r.weight_bytes = static_cast<double>(q.weight_bytes());
  r.scale_bytes = static_cast<double>(q.scale_bytes());
}

void set_weight_error(Result& r, const ErrorSums& sums) {
  const double nmse = sums.nmse();
  if (!std::isfinite(nmse)) {
    r.reason =
        "weight errors are undefined: the weights or what they decode to are not finite, or all "
        "zero";
    return;
  }
  r.weight_nmse = nmse;
  r.weight_max_error = sums.largest;
  r.weight_sqnr_db = sqnr_db(nmse);
  if (r.weight_sqnr_db) r.bound_gap_db = bound_gap_db(*r.bits_per_param, *r.weight_sqnr_db);
}

void set_output_error(Result& r, const ErrorSums& sums) {
  const double nmse = sums.nmse();
  if (!std::isfinite(nmse)) return;
  r.output_nmse = nmse;
  r.output_sqnr_db = sqnr_db(nmse);
}

// Bytes that one run must move at the least, and its multiplications and additions.
void set_work(Result& r, const Case& c, const QuantizedMatrix& q) {
  const auto m = static_cast<double>(c.shape.m), n = static_cast<double>(c.shape.n);
  const auto k = static_cast<double>(c.shape.k);
  const auto stored = static_cast<double>(q.weight_bytes() + q.scale_bytes());
  switch (c.suite->op) {
    case Op::roundtrip:
      r.bytes = 2 * (4 * n * k + stored);
      break;
    case Op::quantize:
    case Op::dequantize:
      r.bytes = bytes_of(c.dtype) * n * k + stored;
      break;
    case Op::matmul:
      r.bytes = stored + bytes_of(c.dtype) * (m * k + m * n);
      r.flops = 2 * m * n * k;
  }
}

void set_timing(Result& r, const Timing& timing) {
  r.seconds = timing.median;
  r.seconds_min = timing.min;
  r.seconds_q1 = timing.q1;
  r.seconds_q3 = timing.q3;
  r.samples = static_cast<double>(timing.samples);
  r.cycles = timing.cycles;
  r.clock_hz = timing.clock_hz;
  r.power_w = timing.power_w;
  r.cache = timing.cache;
  if (!timing.cache.empty()) r.discarded_samples = static_cast<double>(timing.discarded);
  if (!(timing.median > 0)) return;
  if (r.bytes) r.bytes_per_second = *r.bytes / timing.median;
  if (r.flops) r.flops_per_second = *r.flops / timing.median;
}

void set_instructions(Result& r, Trial& trial) {
  if (const auto count = count_instructions(trial)) r.instructions = static_cast<double>(*count);
}

Problem problem_of(const Case& c, Inputs& inputs) {
  return {.op = c.suite->op,
          .weights = &inputs.weights(c),
          .quantized = &inputs.quantized(c),
          .x = c.suite->op == Op::matmul ? &inputs.x(c) : nullptr,
          .dtype = c.dtype,
          .device_index = device_index(c.device)};
}

Verdict verify(const Case& c, Inputs& inputs, Trial& trial) {
  switch (c.suite->op) {
    case Op::roundtrip:
      return verify_roundtrip(inputs.quantized(c), trial);
    case Op::quantize:
      return verify_codes(inputs.quantized(c), trial);
    case Op::dequantize:
      return verify_weights(inputs.quantized(c), c.dtype, trial);
    case Op::matmul:
      break;
  }
  return verify_matmul(inputs.expected(c), trial.output(), c.kernel->arithmetic);
}

std::string unproven(const Case& c, Inputs& inputs) {
  return c.suite->op == Op::matmul && !c.tensor ? proves_nothing(inputs.expected(c))
                                                : std::string();
}

// By the device's clock where it has one.
Timing time_trial(const Kernel& kernel, Trial& trial, double estimate, double min_time) {
  const std::unique_ptr<Replay> replay = trial.replay();
  if (!replay)
    return measure(trial, estimate, min_time, {.whole = kernel.device == "cpu" && kernel.whole});
  Sampling sampling{.min_time = min_time};
  sampling.max_time = std::max(sampling.max_time, 10 * min_time);
  return measure(*replay, sampling);
}

// A kernel may be right only at first, by what it left behind; times of such runs tell nothing.
std::string wrong_later(const Case& c, Inputs& inputs, Trial& trial) {
  trial.poison();
  trial.run_once();
  const Verdict verdict = verify(c, inputs, trial);
  return verdict.wrong.empty() ? std::string() : "right at first, but later " + verdict.wrong;
}

// Bytes that a run takes on the device besides its inputs and output. Copies that are rotated come
// later.
double scratch(Device& device, double operands) {
  return std::max(0.0, static_cast<double>(device.memory().peak) - operands);
}

void run_trial(const Case& c, Inputs& inputs, const RunOptions& options, Result& r) {
  const Problem problem = problem_of(c, inputs);
  if (const std::string why = c.kernel->unsupported(problem); !why.empty())
    return set_status(r, Status::skipped, why);
  set_sizes(r, inputs.quantized(c));
  set_weight_error(r, inputs.weight_error(c));
  if (const std::string why = unproven(c, inputs); !why.empty())
    return set_status(r, Status::error, why);

  const std::unique_ptr<Trial> trial = c.kernel->prepare(problem);
  Device* const device = trial->device();
  trial->poison();
  if (device) device->memory().restart_peak();
  const std::size_t before = MemoryMeter::current();
  MemoryMeter::restart_peak();
  const double estimate = trial->run_once();
  const std::size_t peak = MemoryMeter::peak() - before;
  const Verdict verdict = verify(c, inputs, *trial);
  r.kernel_error = verdict.kernel_error;
  if (!verdict.wrong.empty()) return set_status(r, Status::wrong, verdict.wrong);
  if (!verdict.unproven.empty()) return set_status(r, Status::skipped, verdict.unproven);
  if (c.kernel->device == "cpu" && c.kernel->counted) r.peak_bytes = static_cast<double>(peak);
  if (c.suite->op == Op::matmul)
    set_output_error(r, output_error(inputs.exact(c), trial->output()));
  set_work(r, c, inputs.quantized(c));
  if (device) r.peak_bytes = scratch(*device, *r.bytes);
  if (!c.kernel->timed || !options.timed) return;
  if (options.count_instructions && c.device == "cpu") set_instructions(r, *trial);
  const Timing timing = time_trial(*c.kernel, *trial, estimate, options.min_time);
  if (const std::string why = wrong_later(c, inputs, *trial); !why.empty())
    return set_status(r, Status::wrong, why);
  set_timing(r, timing);
  r.roofline_fraction = roofline_fraction(ceilings_of(c.device), c, r);
}

}  // namespace

Result run(const Case& c, Inputs& inputs, const RunOptions& options) {
  Result r = describe(c, options.threads);
  const double needed = bytes_needed(c);
  if (!c.skip.empty()) {
    set_status(r, Status::skipped, c.skip);
  } else if (!(needed <= options.memory_bytes)) {
    set_status(r, Status::skipped,
               fmt::format("needs {:.3g} GB of memory, {:.3g} GB are free", needed * 1e-9,
                           options.memory_bytes * 1e-9));
  } else {
    try {
      run_trial(c, inputs, options, r);
    } catch (const DeviceOutOfMemory& error) {
      set_status(r, Status::skipped, std::string("out of device memory: ") + error.what());
    } catch (const std::bad_alloc&) {
      set_status(r, Status::error, "out of memory");
    } catch (const std::exception& error) {
      set_status(r, Status::error, error.what());
    }
  }
  return r;
}

}  // namespace qbench
